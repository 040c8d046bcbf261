-- reminder_items: what each message of the plan asks for, item by item.
--
-- grain:   one item on a message
-- key:     message_id, item_id
-- source:  reminder_parts, item_balances, item_details, currencies
-- params:  none
-- columns:
--   company_id      text   whose receivables they are
--   customer_id     text   to whom
--   message_id      text   the message
--   item_id         text   the item
--   document_text   text   number of the document, or else the item's identifier
--   order_id        text   the customer's order; null where unknown
--   issued_date     date   date of the document
--   due_date        date   contractual or derived
--   past_due_days   int    days past due; 0 or less where it is not yet due
--   level_order     int    the item's level
--   currency_code   text   the item's own currency
--   decimal_count   int    decimals that this currency has
--   item_amount     money  the document's amount, in its own currency
--   asked_amount    money  what is asked for, in its own currency
--   amount          money  the same in the currency of the answer

select
    reminder_parts.company_id,
    reminder_parts.customer_id,
    reminder_parts.message_id,
    reminder_parts.item_id,
    coalesce(item_balances.reference, reminder_parts.item_id) as document_text,
    item_details.order_id,
    item_balances.issued_date,
    item_balances.due_date,
    reminder_parts.past_due_days,
    reminder_parts.level_order,
    reminder_parts.currency_code,
    coalesce(currencies.decimal_count, 2) as decimal_count,
    item_balances.item_amount,
    reminder_parts.asked_amount,
    reminder_parts.amount
from reminder_parts
inner join item_balances on reminder_parts.item_number = item_balances.item_number
left join item_details on reminder_parts.item_number = item_details.item_number
left join currencies on reminder_parts.currency_code = currencies.currency_code
where reminder_parts.message_id is not null
order by company_id, customer_id, message_id, due_date, document_text, item_id
