-- messages_told: each message with its stages, what it asked for, and what was paid after it.
--
-- grain:   one message of a run by $as_of
-- key:     company_id, message_id
-- source:  messages, message_items, message_events, message_states, document_names, known_items,
--          settled_spells, customers
-- params:  $as_of date, $decimals int
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
--   from_date        date   the day from which payments count: sent, or left unsent on purpose
--   is_undone        flag   it did not arrive
--   sent_date        date   when it was taken; null where it was not, or did not arrive
--   delivered_date   date   when it was delivered; null where nobody told
--   read_date        date   when it was opened; null where nobody told: received is not read
--   replied_date     date   when it was answered
--   item_count       int    items on it
--   asked_amount     money  what it asked for, in the currency of the answer
--   paid_7_amount    money  of it, items paid in full by cash within 7 days of being sent
--   paid_14_amount   money  within 14 days
--   paid_30_amount   money  within 30 days

with stages as (
    select
        coalesce(message_events.company_id, '') as company_id,
        message_events.message_id,
        min(
            case when message_events.event_code = 'delivered' then message_events.event_date end
        ) as delivered_date,
        min(case when message_events.event_code = 'read' then message_events.event_date end)
            as read_date,
        min(case when message_events.event_code = 'replied' then message_events.event_date end)
            as replied_date
    from message_events
    where message_events.event_date <= $as_of
    group by coalesce(message_events.company_id, ''), message_events.message_id
),

paid_items as (
    select
        settled_spells.item_number,
        min(settled_spells.settled_date) as settled_date
    from settled_spells
    where settled_spells.is_cash and settled_spells.until_date is null
    group by settled_spells.item_number
),

asked_items as (
    select
        message_states.company_id,
        message_states.message_id,
        case
            when known_items.amount = 0 then 0
            else money(
                cast(message_items.asked_amount as decimal(38, 3))
                * known_items.answer_amount / known_items.amount,
                $decimals
            )
        end as asked_amount,
        case
            when paid_items.settled_date >= coalesce(
                message_states.sent_date, message_states.run_date
            )
                then paid_items.settled_date
                    - coalesce(message_states.sent_date, message_states.run_date)
        end as paid_after_days
    from message_items
    inner join message_states
        on coalesce(message_items.company_id, '') = message_states.company_id
        and message_items.message_id = message_states.message_id
    inner join document_names
        on message_states.company_id = document_names.company_id
        and message_items.item_id = document_names.name_text
        and message_states.customer_id = document_names.customer_id
    inner join known_items on document_names.item_number = known_items.item_number
    left join paid_items on known_items.item_number = paid_items.item_number
),

sums as (
    select
        asked_items.company_id,
        asked_items.message_id,
        count(*) as item_count,
        sum(asked_items.asked_amount) as asked_amount,
        sum(case when asked_items.paid_after_days <= 7 then asked_items.asked_amount else 0 end)
            as paid_7_amount,
        sum(case when asked_items.paid_after_days <= 14 then asked_items.asked_amount else 0 end)
            as paid_14_amount,
        sum(case when asked_items.paid_after_days <= 30 then asked_items.asked_amount else 0 end)
            as paid_30_amount
    from asked_items
    group by asked_items.company_id, asked_items.message_id
)

select
    message_states.company_id,
    message_states.message_id,
    message_states.run_date,
    message_states.customer_id,
    coalesce(customers.name, message_states.customer_id) as customer_name,
    messages.policy_code,
    messages.variant_code,
    messages.level_order,
    messages.tone_code,
    message_states.channel_code,
    message_states.address_text,
    messages.subject as subject_text,
    message_states.status_code,
    case
        when message_states.status_code = 'held_out' then message_states.run_date
        else message_states.sent_date
    end as from_date,
    message_states.status_code in ('failed', 'bounced', 'returned', 'expired') as is_undone,
    message_states.sent_date,
    stages.delivered_date,
    stages.read_date,
    stages.replied_date,
    coalesce(sums.item_count, 0) as item_count,
    cast(coalesce(sums.asked_amount, 0) as decimal(21, 3)) as asked_amount,
    cast(coalesce(sums.paid_7_amount, 0) as decimal(21, 3)) as paid_7_amount,
    cast(coalesce(sums.paid_14_amount, 0) as decimal(21, 3)) as paid_14_amount,
    cast(coalesce(sums.paid_30_amount, 0) as decimal(21, 3)) as paid_30_amount
from message_states
inner join messages
    on message_states.company_id = coalesce(messages.company_id, '')
    and message_states.message_id = messages.message_id
left join stages
    on message_states.company_id = stages.company_id
    and message_states.message_id = stages.message_id
left join sums
    on message_states.company_id = sums.company_id
    and message_states.message_id = sums.message_id
left join customers
    on message_states.company_id = coalesce(customers.company_id, '')
    and message_states.customer_id = customers.customer_id
