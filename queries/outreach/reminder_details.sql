-- reminder_details: orders, deliveries and sources of what is open: what a claim is proven by.
--
-- grain:   one open debit item
-- key:     company_id, item_id
-- source:  item_balances, item_details
-- params:  none
-- columns:
--   company_id      text  whose receivable it is
--   customer_id     text  who owes
--   item_id         text  the item
--   document_text   text  number of the document, or else the item's identifier
--   order_id        text  the customer's order; null where unknown
--   delivered_date  date  when goods arrived; null where unknown
--   site            text  where goods left from; null where unknown
--   source_file     text  where it was read
--   source_line     int   line in that file

select
    item_balances.company_id,
    item_balances.customer_id,
    item_balances.item_id,
    coalesce(item_balances.reference, item_balances.item_id) as document_text,
    item_details.order_id,
    item_details.delivered_date,
    item_details.site,
    item_balances.source_file,
    item_balances.source_line
from item_balances
left join item_details on item_balances.item_number = item_details.item_number
where item_balances.is_debit and item_balances.open_amount > 0
order by company_id, customer_id, document_text, item_id
