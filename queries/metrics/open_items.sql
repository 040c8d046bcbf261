-- open_items: what is still owed on each item, on a given day.
--
-- grain:   one item with a non-zero open amount on $as_of
-- key:     company_id, item_id
-- source:  item_balances, known_items, customers
-- params:  none
-- columns:
--   item_id         text   identifier, stable across loads
--   customer_id     text   who owes
--   customer_name   text   its name, or its identifier where it has none
--   kind            text   invoice, receipt, credit_note…
--   reference       text   number of the document
--   issued_date     date   date of the document
--   due_date        date   contractual or derived; a credit sits on its own date
--   due_is_derived  flag   the due date comes from terms, not from the source
--   past_due_days   int    $as_of minus due_date; negative when not yet due
--   bucket_code     text   aging bucket
--   amount          money  the item's amount, in the currency of the answer
--   open_amount     money  amount less the allocations that act on or before $as_of
--   currency_code   text   the item's own currency
--   is_disputed     flag   some of what is open is disputed on $as_of
--   source_file     text   where it was read
--   source_line     int    line in that file
--   account         text   receivable account
--   company_id      text   whose receivable it is

select
    known_items.item_id,
    known_items.customer_id,
    coalesce(customers.name, known_items.customer_id) as customer_name,
    known_items.kind,
    known_items.reference,
    known_items.issued_date,
    known_items.due_date,
    known_items.due_is_derived,
    item_balances.past_due_days,
    item_balances.bucket_code,
    known_items.answer_amount as amount,
    item_balances.open_amount,
    known_items.currency_code,
    item_balances.disputed_amount > 0 as is_disputed,
    known_items.source_file,
    known_items.source_line,
    known_items.account,
    known_items.company_id
from item_balances
inner join known_items on item_balances.item_number = known_items.item_number
left join customers
    on known_items.company_id = coalesce(customers.company_id, '')
    and known_items.customer_id = customers.customer_id
order by
    known_items.customer_id,
    known_items.issued_date,
    known_items.item_id,
    known_items.company_id
