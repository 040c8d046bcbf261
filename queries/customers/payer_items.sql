-- payer_items: what the customer owes, item by item.
--
-- grain:   one open item
-- key:     item_id
-- source:  item_balances
-- params:  $customer_id text
-- columns:
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
where item_balances.customer_id = $customer_id
order by due_date, item_id
