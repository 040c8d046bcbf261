-- open_items: what is still owed on each item, on a given day.
--
-- grain:   one item with a non-zero open amount on $as_of
-- key:     company_id, item_id
-- source:  item_balances, maybe_open_items, customers
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
    maybe_open_items.item_id,
    maybe_open_items.customer_id,
    coalesce(customers.name, maybe_open_items.customer_id) as customer_name,
    maybe_open_items.kind,
    maybe_open_items.reference,
    maybe_open_items.issued_date,
    maybe_open_items.due_date,
    maybe_open_items.due_is_derived,
    item_balances.past_due_days,
    item_balances.bucket_code,
    maybe_open_items.answer_amount as amount,
    item_balances.open_amount,
    maybe_open_items.currency_code,
    item_balances.disputed_amount > 0 as is_disputed,
    maybe_open_items.source_file,
    maybe_open_items.source_line,
    maybe_open_items.account,
    maybe_open_items.company_id
from item_balances
inner join maybe_open_items on item_balances.item_number = maybe_open_items.item_number
left join customers
    on maybe_open_items.company_id = coalesce(customers.company_id, '')
    and maybe_open_items.customer_id = customers.customer_id
order by
    maybe_open_items.customer_id,
    maybe_open_items.issued_date,
    maybe_open_items.item_id,
    maybe_open_items.company_id
