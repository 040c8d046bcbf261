-- open_items: what is still owed on each item, on a given day.
--
-- grain:   one item with a non-zero open amount on $as_of
-- key:     company_id, item_id
-- source:  item_balances, customers, told_details
-- params:  none
-- columns:
--   item_id         text   identifier, stable across loads
--   company_id      text   whose receivable it is
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
--   collector_id    text   who follows the customer, as its file says
--   site            text   where goods left from, as details of invoices say
--   product_line    text   what was sold, as they say

select
    item_balances.item_id,
    item_balances.company_id,
    item_balances.customer_id,
    coalesce(customers.name, item_balances.customer_id) as customer_name,
    item_balances.kind,
    item_balances.reference,
    item_balances.issued_date,
    item_balances.due_date,
    item_balances.due_is_derived,
    item_balances.past_due_days,
    item_balances.bucket_code,
    item_balances.amount,
    item_balances.open_amount,
    item_balances.currency_code,
    item_balances.disputed_amount > 0 as is_disputed,
    item_balances.source_file,
    item_balances.source_line,
    item_balances.account,
    customers.collector_id,
    told_details.site,
    told_details.product_line
from item_balances
left join customers
    on item_balances.company_id = coalesce(customers.company_id, '')
    and item_balances.customer_id = customers.customer_id
left join told_details on item_balances.item_number = told_details.item_number
order by
    item_balances.customer_id,
    item_balances.issued_date,
    item_balances.item_id,
    item_balances.company_id
