-- contested_items: every reason an invoice was held up for, whoever told it, from when to when.
--
-- grain:   one contest and debit item
-- key:     contest_id, item_number
-- source:  dispute_spans, invoice_events, event_statuses, actions, document_names,
--          known_items, known_allocations
-- params:  $as_of date
-- columns:
--   contest_id        text   the dispute; else `event` or `action` and what tells it apart
--   item_number       int    the item, of known_items
--   source_code       text   dispute, event or action: who told it
--   reason_code       text   why; `unspecified` where nobody said
--   from_date         date   the day it was told, or the item's posted date if later
--   to_date           date   first day it no longer held; null while it holds
--   ended_date        date   that day, or the day the item was settled if earlier; null if neither
--   settled_date      date   since when nothing is left open on the item; null while something is
--   contested_amount  money  the part contested, in the item's currency
--   outcome_code      text   how a dispute ended; null while open and for other sources
--   is_undated        flag   nobody said when it was opened: it holds for the item's whole life

-- One hold-up is counted once: where a dispute is kept on an item, events and actions that tell of
-- it say nothing new; where an event does, actions say nothing new.
with event_days as (
    select
        coalesce(invoice_events.company_id, '') as company_id,
        invoice_events.item_id,
        invoice_events.event_date,
        event_statuses.meaning_code,
        coalesce(invoice_events.reason_code, event_statuses.reason_code, 'unspecified')
            as reason_code
    from invoice_events
    inner join event_statuses on invoice_events.status_code = event_statuses.status_code
    where invoice_events.event_date <= $as_of
),

numbered_events as (
    select distinct
        document_names.item_number,
        event_days.event_date,
        event_days.meaning_code,
        event_days.reason_code
    from event_days
    inner join document_names
        on event_days.company_id = document_names.company_id
        and event_days.item_id = document_names.name_text
    where document_names.is_one
),

-- what holds an invoice up holds until the platform says that it goes on
held_events as (
    select
        numbered_events.item_number,
        numbered_events.event_date as from_date,
        numbered_events.reason_code,
        min(resumed_events.event_date) as to_date
    from numbered_events
    left join numbered_events as resumed_events
        on numbered_events.item_number = resumed_events.item_number
        and resumed_events.event_date > numbered_events.event_date
        and resumed_events.meaning_code in ('resumed', 'approved', 'payment_sent', 'paid')
    where numbered_events.meaning_code in ('rejected', 'refused', 'disputed', 'suspended')
    group by
        numbered_events.item_number,
        numbered_events.event_date,
        numbered_events.reason_code
),

solved_actions as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.item_id,
        max(actions.action_date) as solved_date
    from actions
    where
        actions.action_date <= $as_of
        and actions.item_id is not null
        and actions.result_code = 'dispute_solved'
    group by actions.company_id, actions.customer_id, actions.item_id
),

reasoned_actions as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.item_id,
        coalesce(actions.reason_code, 'unspecified') as reason_code,
        min(actions.action_date) as from_date,
        min(
            case
                when solved_actions.solved_date > actions.action_date
                    then solved_actions.solved_date
            end
        ) as to_date
    from actions
    left join solved_actions
        on coalesce(actions.company_id, '') = solved_actions.company_id
        and actions.customer_id = solved_actions.customer_id
        and actions.item_id = solved_actions.item_id
    where
        actions.action_date <= $as_of
        and actions.item_id is not null
        and (actions.reason_code is not null or actions.result_code = 'disputed')
        and actions.result_code is distinct from 'dispute_solved'
    group by
        actions.company_id,
        actions.customer_id,
        actions.item_id,
        actions.reason_code
),

held_actions as (
    select distinct
        document_names.item_number,
        reasoned_actions.reason_code,
        reasoned_actions.from_date,
        reasoned_actions.to_date
    from reasoned_actions
    inner join document_names
        on reasoned_actions.company_id = document_names.company_id
        and reasoned_actions.customer_id = document_names.customer_id
        and reasoned_actions.item_id = document_names.name_text
    where document_names.is_one_of_customer
),

disputed_items as (
    select distinct dispute_spans.item_number
    from dispute_spans
),

evented_items as (
    select distinct held_events.item_number
    from held_events
),

contests as (
    select
        dispute_spans.dispute_id as contest_id,
        dispute_spans.item_number,
        'dispute' as source_code,
        dispute_spans.reason_code,
        dispute_spans.from_date,
        dispute_spans.to_date,
        dispute_spans.disputed_amount as contested_amount,
        dispute_spans.outcome_code,
        dispute_spans.is_undated
    from dispute_spans
    union all
    select
        'event ' || cast(held_events.from_date as varchar) || ' ' || held_events.reason_code
            as contest_id,
        held_events.item_number,
        'event' as source_code,
        held_events.reason_code,
        held_events.from_date,
        held_events.to_date,
        cast(null as decimal(21, 3)) as contested_amount,
        cast(null as varchar) as outcome_code,
        false as is_undated
    from held_events
    left anti join disputed_items on held_events.item_number = disputed_items.item_number
    union all
    select
        'action ' || cast(held_actions.from_date as varchar) || ' ' || held_actions.reason_code
            as contest_id,
        held_actions.item_number,
        'action' as source_code,
        held_actions.reason_code,
        held_actions.from_date,
        held_actions.to_date,
        cast(null as decimal(21, 3)) as contested_amount,
        cast(null as varchar) as outcome_code,
        false as is_undated
    from held_actions
    left anti join disputed_items on held_actions.item_number = disputed_items.item_number
    left anti join evented_items on held_actions.item_number = evented_items.item_number
),

-- the day from which nothing was left open on what was contested, as settled_spells tells it
contested_numbers as (
    select distinct contests.item_number
    from contests
),

movements as (
    select
        known_items.item_number,
        known_items.posted_date as movement_date,
        known_items.amount,
        1 as posting_count
    from known_items
    inner join contested_numbers on known_items.item_number = contested_numbers.item_number
    union all
    select
        known_allocations.debit_item_number as item_number,
        known_allocations.acting_date as movement_date,
        -known_allocations.amount as amount,
        0 as posting_count
    from known_allocations
    inner join contested_numbers
        on known_allocations.debit_item_number = contested_numbers.item_number
),

movement_days as (
    select
        movements.item_number,
        movements.movement_date,
        sum(movements.amount) as amount
    from movements
    group by movements.item_number, movements.movement_date
    having sum(movements.amount) <> 0 or sum(movements.posting_count) > 0
),

last_settlements as (
    select
        movement_days.item_number,
        max(movement_days.movement_date) as settled_date
    from movement_days
    group by movement_days.item_number
    having sum(movement_days.amount) = 0
)

select
    contests.contest_id,
    contests.item_number,
    contests.source_code,
    contests.reason_code,
    greatest(contests.from_date, known_items.posted_date) as from_date,
    contests.to_date,
    case
        when contests.to_date is null then last_settlements.settled_date
        when last_settlements.settled_date is null then contests.to_date
        else least(contests.to_date, last_settlements.settled_date)
    end as ended_date,
    last_settlements.settled_date,
    cast(coalesce(contests.contested_amount, known_items.amount) as decimal(21, 3))
        as contested_amount,
    contests.outcome_code,
    contests.is_undated
from contests
inner join known_items on contests.item_number = known_items.item_number
left join last_settlements on contests.item_number = last_settlements.item_number
