-- payer_timeline: what happened with the customers asked about, on one line of time.
--
-- grain:   one thing that happened on a day of the last twelve months
-- key:     company_id, customer_id, event_date, step_code, detail_text, event_id
-- source:  asked_customers, known_items, contested_items, actions, promises, message_states,
--          messages, message_events
-- params:  $as_of date
-- columns:
--   company_id    text   whose receivables they are
--   customer_id   text   the customer
--   event_date    date   when
--   step_code     text   invoiced, credited, received, returned, contested, contest_ended,
--                        contacted, promised, message_sent, message_read, message_answered or
--                        message_undone
--   detail_text   text   number of the document, reason, result or subject
--   amount        money  of the document or promise, in the currency of the answer
--   channel_code  text   of a contact or message
--   event_id      text   what tells it apart

with own_items as (
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.item_number,
        known_items.kind,
        known_items.posted_date,
        coalesce(known_items.reference, known_items.item_id) as document_text,
        known_items.item_id,
        known_items.answer_amount
    from known_items
    inner join asked_customers
        on known_items.company_id = asked_customers.company_id
        and known_items.customer_id = asked_customers.customer_id
),

own_messages as (
    select
        message_states.company_id,
        message_states.customer_id,
        message_states.message_id,
        message_states.sent_date,
        message_states.channel_code,
        coalesce(messages.subject, messages.tone_code) as subject_text
    from message_states
    inner join asked_customers
        on message_states.company_id = asked_customers.company_id
        and message_states.customer_id = asked_customers.customer_id
    inner join messages
        on message_states.company_id = coalesce(messages.company_id, '')
        and message_states.message_id = messages.message_id
),

steps as (
    select
        own_items.company_id,
        own_items.customer_id,
        own_items.posted_date as event_date,
        case own_items.kind
            when 'invoice' then 'invoiced'
            when 'credit_note' then 'credited'
            when 'receipt' then 'received'
            else 'returned'
        end as step_code,
        own_items.document_text as detail_text,
        own_items.answer_amount as amount,
        cast(null as varchar) as channel_code,
        own_items.item_id as event_id
    from own_items
    where own_items.kind in ('invoice', 'credit_note', 'receipt', 'returned_receipt')
    union all
    select
        own_items.company_id,
        own_items.customer_id,
        contested_items.from_date as event_date,
        'contested' as step_code,
        own_items.document_text || ' · ' || contested_items.reason_code as detail_text,
        cast(null as decimal(21, 3)) as amount,
        cast(null as varchar) as channel_code,
        contested_items.contest_id || own_items.item_id as event_id
    from contested_items
    inner join own_items on contested_items.item_number = own_items.item_number
    union all
    select
        own_items.company_id,
        own_items.customer_id,
        contested_items.ended_date as event_date,
        'contest_ended' as step_code,
        own_items.document_text || ' · ' || contested_items.reason_code as detail_text,
        cast(null as decimal(21, 3)) as amount,
        cast(null as varchar) as channel_code,
        contested_items.contest_id || own_items.item_id as event_id
    from contested_items
    inner join own_items on contested_items.item_number = own_items.item_number
    where contested_items.ended_date is not null
    union all
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.action_date as event_date,
        'contacted' as step_code,
        concat_ws(' · ', actions.result_code, actions.note) as detail_text,
        cast(null as decimal(21, 3)) as amount,
        actions.channel_code,
        actions.action_id as event_id
    from actions
    inner join asked_customers
        on coalesce(actions.company_id, '') = asked_customers.company_id
        and actions.customer_id = asked_customers.customer_id
    union all
    select
        promises.company_id,
        promises.customer_id,
        promises.action_date as event_date,
        'promised' as step_code,
        cast(promises.promised_date as varchar) || ' · ' || promises.status_code as detail_text,
        promises.promised_amount as amount,
        cast(null as varchar) as channel_code,
        promises.action_id as event_id
    from promises
    inner join asked_customers
        on promises.company_id = asked_customers.company_id
        and promises.customer_id = asked_customers.customer_id
    union all
    select
        own_messages.company_id,
        own_messages.customer_id,
        own_messages.sent_date as event_date,
        'message_sent' as step_code,
        own_messages.subject_text as detail_text,
        cast(null as decimal(21, 3)) as amount,
        own_messages.channel_code,
        own_messages.message_id as event_id
    from own_messages
    where own_messages.sent_date is not null
    union all
    select
        own_messages.company_id,
        own_messages.customer_id,
        message_events.event_date,
        case message_events.event_code
            when 'read' then 'message_read'
            when 'replied' then 'message_answered'
            else 'message_undone'
        end as step_code,
        coalesce(message_events.detail, own_messages.subject_text) as detail_text,
        cast(null as decimal(21, 3)) as amount,
        own_messages.channel_code,
        own_messages.message_id || coalesce(message_events.event_time, '') as event_id
    from own_messages
    inner join message_events
        on own_messages.company_id = coalesce(message_events.company_id, '')
        and own_messages.message_id = message_events.message_id
    where
        message_events.event_code in (
            'read', 'replied', 'bounced', 'returned', 'failed', 'expired'
        )
)

select
    steps.company_id,
    steps.customer_id,
    steps.event_date,
    steps.step_code,
    steps.detail_text,
    cast(steps.amount as decimal(21, 3)) as amount,
    steps.channel_code,
    steps.event_id
from steps
where steps.event_date <= $as_of and steps.event_date > $as_of - interval '12 months'
order by company_id, customer_id, event_date desc, step_code, detail_text, event_id
