-- message_states: how far each message has come: sent and taken, not arrived, or nobody knows.
--
-- grain:   one message of a run by $as_of
-- key:     company_id, message_id
-- source:  messages, message_events, message_statuses
-- params:  $as_of date
-- columns:
--   company_id     text  empty where the lake holds none
--   message_id     text  the message
--   customer_id    text  to whom
--   contact_id     text  to which person; null where to none in particular
--   run_date       date  the day of its run
--   level_order    int   its level; null where it is no reminder
--   channel_code   text  how
--   address_text   text  where to
--   status_code    text  the furthest of its events; written where there is none
--   sent_date      date  when it was taken; null where it was not, or did not arrive
--   is_uncertain   flag  it was being sent when the program ended, and nothing tells more

with events as (
    select
        coalesce(message_events.company_id, '') as company_id,
        message_events.message_id,
        message_events.event_code,
        message_events.event_date,
        message_statuses.status_order,
        message_statuses.is_sent,
        message_statuses.is_undone
    from message_events
    inner join message_statuses on message_events.event_code = message_statuses.event_code
    where message_events.event_date <= $as_of
),

states as (
    select
        events.company_id,
        events.message_id,
        max(events.status_order) as status_order,
        min(case when events.is_sent then events.event_date end) as sent_date,
        bool_or(events.is_undone) as is_undone,
        bool_or(events.event_code in ('sending', 'uncertain')) as was_begun
    from events
    group by events.company_id, events.message_id
)

select
    coalesce(messages.company_id, '') as company_id,
    messages.message_id,
    messages.customer_id,
    messages.contact_id,
    messages.run_date,
    messages.level_order,
    messages.channel_code,
    messages.address_text,
    coalesce(message_statuses.event_code, 'written') as status_code,
    case when not states.is_undone then states.sent_date end as sent_date,
    coalesce(
        states.was_begun and states.sent_date is null and not states.is_undone, false
    ) as is_uncertain
from messages
left join states
    on coalesce(messages.company_id, '') = states.company_id
    and messages.message_id = states.message_id
left join message_statuses on states.status_order = message_statuses.status_order
where messages.run_date <= $as_of
