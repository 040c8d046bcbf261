-- item_events: what is posted, allocated or disputed on an item that is followed step by step.
--
-- grain:   one of stepped_items and day on which something happens to it, on or before $as_of
-- key:     item_number, event_date
-- source:  stepped_items, known_allocations, dispute_spans
-- params:  none
-- columns:
--   item_number           int    the item, of known_items; its first day is the posted date
--   event_date            date   the day
--   change_amount         money  change of what is open, in the item's currency
--   whole_dispute_count   int    disputes of the whole item opened less closed
--   part_dispute_amount   money  contested amounts of the other disputes, opened less closed

with events as (
    select
        stepped_items.item_number,
        stepped_items.posted_date as event_date,
        stepped_items.amount as change_amount,
        0 as whole_dispute_count,
        cast(0 as decimal(21, 3)) as part_dispute_amount
    from stepped_items
    union all
    select
        known_allocations.debit_item_number as item_number,
        known_allocations.acting_date as event_date,
        -known_allocations.amount as change_amount,
        0 as whole_dispute_count,
        cast(0 as decimal(21, 3)) as part_dispute_amount
    from stepped_items
    inner join known_allocations
        on stepped_items.item_number = known_allocations.debit_item_number
    union all
    select
        known_allocations.credit_item_number as item_number,
        known_allocations.acting_date as event_date,
        known_allocations.amount as change_amount,
        0 as whole_dispute_count,
        cast(0 as decimal(21, 3)) as part_dispute_amount
    from stepped_items
    inner join known_allocations
        on stepped_items.item_number = known_allocations.credit_item_number
    union all
    select
        dispute_spans.item_number,
        dispute_spans.from_date as event_date,
        cast(0 as decimal(21, 3)) as change_amount,
        case when dispute_spans.disputed_amount is null then 1 else 0 end as whole_dispute_count,
        coalesce(dispute_spans.disputed_amount, cast(0 as decimal(21, 3))) as part_dispute_amount
    from dispute_spans
    union all
    select
        dispute_spans.item_number,
        dispute_spans.to_date as event_date,
        cast(0 as decimal(21, 3)) as change_amount,
        case when dispute_spans.disputed_amount is null then -1 else 0 end as whole_dispute_count,
        -coalesce(dispute_spans.disputed_amount, cast(0 as decimal(21, 3))) as part_dispute_amount
    from dispute_spans
    where dispute_spans.to_date is not null
)

select
    events.item_number,
    events.event_date,
    cast(sum(events.change_amount) as decimal(21, 3)) as change_amount,
    sum(events.whole_dispute_count) as whole_dispute_count,
    cast(sum(events.part_dispute_amount) as decimal(21, 3)) as part_dispute_amount
from events
group by events.item_number, events.event_date
