-- reminder_disputes: what customers of the plan contest, and who of us works on it.
--
-- grain:   one contested item and reason of a customer with a message
-- key:     message_id, item_id, reason_code
-- source:  reminder_plan, contested_items, item_balances, reasons
-- params:  $as_of date
-- columns:
--   message_id        text   the message that the customer gets
--   item_id           text   the item
--   document_text     text   number of the document, or else the item's identifier
--   reason_code       text   why it is contested
--   from_date         date   since when we know
--   owner             text   who works on it

select
    reminder_plan.message_id,
    item_balances.item_id,
    coalesce(min(item_balances.reference), item_balances.item_id) as document_text,
    contested_items.reason_code,
    min(contested_items.from_date) as from_date,
    coalesce(min(reasons.owner), 'collections') as owner
from contested_items
inner join item_balances on contested_items.item_number = item_balances.item_number
inner join reminder_plan
    on item_balances.company_id = reminder_plan.company_id
    and item_balances.customer_id = reminder_plan.customer_id
left join reasons on contested_items.reason_code = reasons.reason_code
where
    item_balances.is_debit
    and item_balances.open_amount > 0
    and contested_items.from_date <= $as_of
    and (contested_items.to_date is null or contested_items.to_date > $as_of)
group by reminder_plan.message_id, item_balances.item_id, contested_items.reason_code
order by message_id, from_date, document_text, item_id, reason_code
