-- reminder_held_out: what the run would ask of customers that it leaves alone, to measure.
--
-- grain:   one item of a customer left alone
-- key:     message_id, item_id
-- source:  reminder_messages, reminder_candidates
-- params:  none
-- columns:
--   company_id        text   whose receivables they are
--   message_id        text   the message that is not sent
--   customer_id       text   to whom it would go
--   policy_code       text   the policy
--   level_order       int    its level
--   channel_code      text   through which channel
--   address_text      text   where to
--   tone_code         text   which template
--   item_id           text   the item
--   item_level_order  int    the item's level
--   asked_amount      money  what it would ask for, in the item's currency
--   currency_code     text   the item's own currency

select
    reminder_messages.company_id,
    reminder_messages.message_id,
    reminder_messages.customer_id,
    reminder_messages.policy_code,
    reminder_messages.level_order,
    reminder_messages.channel_code,
    reminder_messages.address_text,
    reminder_messages.tone_code,
    reminder_candidates.item_id,
    reminder_candidates.level_order as item_level_order,
    reminder_candidates.asked_amount,
    reminder_candidates.currency_code
from reminder_messages
inner join reminder_candidates
    on reminder_messages.company_id = reminder_candidates.company_id
    and reminder_messages.customer_id = reminder_candidates.customer_id
where
    reminder_messages.reason_code = 'hold_out'
    and reminder_candidates.reason_code is null
    and reminder_candidates.is_reached
    and (reminder_candidates.level_order = 0) = (reminder_messages.level_order = 0)
order by message_id, item_id
