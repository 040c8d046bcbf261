-- declared_items: what customers named by a notice owe on the day asked: of a judgment, its claim.
--
-- grain:   one open item of such a customer
-- key:     company_id, item_id
-- source:  item_balances, insolvent_customers, item_details, currencies
-- params:  none
-- columns:
--   company_id         text   whose receivable it is
--   customer_id        text   who owes
--   item_id            text   the item
--   document_text      text   number of the document, or else the item's identifier
--   order_id           text   the customer's order; null where unknown
--   issued_date        date   date of the document
--   due_date           date   contractual or derived
--   past_due_days      int    days past due; 0 or less where it is not yet due
--   currency_code      text   the item's own currency
--   decimal_count      int    decimals that this currency has
--   item_amount        money  the document's amount, in its own currency
--   asked_amount       money  what is open of it, in its own currency; below zero in its favour
--   amount             money  the same in the currency of the answer
--   is_title_retained  flag   its goods stay ours until they are paid

select
    item_balances.company_id,
    item_balances.customer_id,
    item_balances.item_id,
    coalesce(item_balances.reference, item_balances.item_id) as document_text,
    item_details.order_id,
    item_balances.issued_date,
    item_balances.due_date,
    cast(item_balances.past_due_days as bigint) as past_due_days,
    item_balances.currency_code,
    coalesce(currencies.decimal_count, 2) as decimal_count,
    item_balances.item_amount,
    item_balances.item_open_amount as asked_amount,
    item_balances.open_amount as amount,
    coalesce(item_details.is_title_retained, false) as is_title_retained
from item_balances
inner join insolvent_customers
    on item_balances.company_id = insolvent_customers.company_id
    and item_balances.customer_id = insolvent_customers.customer_id
left join item_details on item_balances.item_number = item_details.item_number
left join currencies on item_balances.currency_code = currencies.currency_code
order by company_id, customer_id, due_date, document_text, item_id
