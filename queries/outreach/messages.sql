-- messages: what was sent to customers, how far it came, and what was paid after it.
--
-- grain:   one message of a run by $as_of
-- key:     company_id, message_id
-- source:  messages_told
-- params:  none
-- columns:
--   company_id       text   whose receivables they are
--   message_id       text   the message
--   run_date         date   the day of its run
--   customer_id      text   to whom
--   customer_name    text   its name, or its identifier where it has none
--   policy_code      text   its policy
--   variant_code     text   a, or b for the share that gets the variant tone
--   level_order      int    its level
--   tone_code        text   its template
--   channel_code     text   how
--   address_text     text   where to
--   subject_text     text   its subject; null where it has none
--   status_code      text   the furthest of its events
--   sent_date        date   when it was taken; null where it was not, or did not arrive
--   delivered_date   date   when it was delivered; null where nobody told
--   read_date        date   when it was opened; null where nobody told: received is not read
--   replied_date     date   when it was answered
--   item_count       int    items on it
--   asked_amount     money  what it asked for, in the currency of the answer
--   paid_7_amount    money  of it, items paid in full by cash within 7 days of being sent
--   paid_14_amount   money  within 14 days
--   paid_30_amount   money  within 30 days

select
    messages_told.company_id,
    messages_told.message_id,
    messages_told.run_date,
    messages_told.customer_id,
    messages_told.customer_name,
    messages_told.policy_code,
    messages_told.variant_code,
    messages_told.level_order,
    messages_told.tone_code,
    messages_told.channel_code,
    replace(messages_told.address_text, '|', ', ') as address_text,
    messages_told.subject_text,
    messages_told.status_code,
    messages_told.sent_date,
    messages_told.delivered_date,
    messages_told.read_date,
    messages_told.replied_date,
    messages_told.item_count,
    messages_told.asked_amount,
    messages_told.paid_7_amount,
    messages_told.paid_14_amount,
    messages_told.paid_30_amount
from messages_told
where messages_told.status_code <> 'held_out'
order by run_date desc, company_id, customer_id, message_id
