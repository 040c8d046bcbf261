-- outgoing_messages: the messages of all runs, and which of them still wait to be sent.
--
-- grain:   one message
-- key:     company_id, message_id
-- source:  messages, message_events, message_statuses, reminder_levels
-- params:  none
-- columns:
--   company_id     text  empty where the lake holds none
--   message_id     text  the message
--   run_id         text  its run
--   run_date       date  the day of its run
--   customer_id    text  to whom
--   level_order    int   its level; null for apologies and declarations
--   mode_code      text  automatic, approve or manual
--   channel_code   text  how
--   address_text   text  where to
--   tone_code      text  its template
--   subject_text   text  its subject; null where it has none
--   file_name      text  its file below the outbox
--   content_hash   text  SHA-256 of its bytes
--   status_code    text  the furthest of its events, whenever it was told
--   is_approved    flag  somebody approved it
--   hours_text     text  between which hours it may leave, as 8-19; null: at any
--   is_waiting     flag  neither sent nor failed, withdrawn or uncertain

-- Whatever is known counts, not what was known on a day: what was sent is never sent again.
with states as (
    select
        coalesce(message_events.company_id, '') as company_id,
        message_events.message_id,
        max(message_statuses.status_order) as status_order,
        bool_or(message_events.event_code = 'approved') as is_approved,
        bool_or(
            message_statuses.is_sent
            or message_statuses.is_undone
            or message_events.event_code in ('held_out', 'sending', 'uncertain')
        ) as is_done
    from message_events
    inner join message_statuses on message_events.event_code = message_statuses.event_code
    group by coalesce(message_events.company_id, ''), message_events.message_id
)

select
    coalesce(messages.company_id, '') as company_id,
    messages.message_id,
    messages.run_id,
    messages.run_date,
    messages.customer_id,
    messages.level_order,
    messages.mode_code,
    messages.channel_code,
    messages.address_text,
    messages.tone_code,
    messages.subject as subject_text,
    messages.file_name,
    messages.content_hash,
    coalesce(message_statuses.event_code, 'written') as status_code,
    coalesce(states.is_approved, false) as is_approved,
    reminder_levels.hours_text,
    not coalesce(states.is_done, false) as is_waiting
from messages
left join states
    on coalesce(messages.company_id, '') = states.company_id
    and messages.message_id = states.message_id
left join reminder_levels
    on messages.policy_code = reminder_levels.policy_code
    and messages.level_order = reminder_levels.level_order
left join message_statuses on states.status_order = message_statuses.status_order
order by run_date, company_id, customer_id, message_id
