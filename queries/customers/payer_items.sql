-- payer_items: what the customers asked about owe, item by item.
--
-- grain:   one open item
-- key:     company_id, customer_id, item_id
-- source:  asked_customers, item_balances
-- columns:
--   company_id     text   whose receivables they are
--   customer_id    text   the customer
--   item_id        text   the item
--   document_text  text   number of the document, or else the item
--   kind           text   invoice, receipt, credit_note…
--   issued_date    date   date of the document
--   due_date       date   contractual or derived
--   past_due_days  int    $as_of minus due_date; null where unknown
--   amount         money  the item
--   open_amount    money  what is open of it
--   is_disputed    flag   contested on $as_of

select
    item_balances.company_id,
    item_balances.customer_id,
    item_balances.item_id,
    coalesce(item_balances.reference, item_balances.item_id) as document_text,
    item_balances.kind,
    item_balances.issued_date,
    item_balances.due_date,
    cast(item_balances.past_due_days as bigint) as past_due_days,
    item_balances.amount,
    item_balances.open_amount,
    item_balances.disputed_amount > 0 as is_disputed
from item_balances
inner join asked_customers
    on item_balances.company_id = asked_customers.company_id
    and item_balances.customer_id = asked_customers.customer_id
order by company_id, customer_id, due_date, item_id
