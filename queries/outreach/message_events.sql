-- message_events: what became of each message, event by event.
--
-- grain:   one event of a message
-- key:     company_id, message_id, event_code, event_date, time_text
-- source:  message_events, message_statuses
-- params:  $as_of date
-- columns:
--   company_id   text  empty where the lake holds none
--   message_id   text  the message
--   event_code   text  written, approved, sending, accepted, delivered, read, replied…
--   event_date   date  the day it counts from
--   time_text    text  the moment, in universal time; null where nobody told
--   detail_text  text  what was said; of an approval, who gave it
--   source_code  text  who told it: a channel, a mailbox, a carrier

select
    coalesce(message_events.company_id, '') as company_id,
    message_events.message_id,
    message_events.event_code,
    message_events.event_date,
    message_events.event_time as time_text,
    message_events.detail as detail_text,
    message_events.source_code
from message_events
left join message_statuses on message_events.event_code = message_statuses.event_code
where message_events.event_date <= $as_of
order by
    company_id, message_id, event_date, message_statuses.status_order, time_text, event_code
