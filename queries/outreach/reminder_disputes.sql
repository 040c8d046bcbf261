-- reminder_disputes: what customers of the plan contest, and who of us works on it.
--
-- grain:   one contested item and reason of a customer with a message
-- key:     message_id, item_id, reason_code
-- source:  reminder_plan, open_contests
-- params:  none
-- columns:
--   message_id        text   the message that the customer gets
--   item_id           text   the item
--   document_text     text   number of the document, or else the item's identifier
--   reason_code       text   why it is contested
--   from_date         date   since when we know
--   owner             text   who works on it

-- our apologies are for what is ours
select
    reminder_plan.message_id,
    open_contests.item_id,
    open_contests.document_text,
    open_contests.reason_code,
    open_contests.from_date,
    open_contests.owner
from open_contests
inner join reminder_plan
    on open_contests.company_id = reminder_plan.company_id
    and open_contests.customer_id = reminder_plan.customer_id
where open_contests.is_ours or reminder_plan.tone_code <> 'apology'
order by message_id, from_date, document_text, item_id, reason_code
