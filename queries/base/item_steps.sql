-- item_steps: every day on which what is open or disputed on an item changes, and by how much.
--
-- grain:   one of stepped_items and day of change, on or before $as_of
-- key:     item_number, step_date
-- source:  stepped_items, item_events
-- params:  $in_base flag, $decimals int
-- columns:
--   item_number             int    the item, of known_items
--   step_date               date   the day
--   next_step_date          date   the item's next day of change; null on its last
--   overdue_date            date   from when the change counts as overdue; null without due date
--   is_debit                flag   amount above zero
--   is_uneven               flag   as stepped_items says
--   item_open_amount        money  open at the end of the day, in the item's currency
--   item_change_amount      money  change of it
--   open_amount             money  open at the end of the day, in the answer's currency
--   disputed_amount         money  disputed at the end of the day
--   disputed_change_amount  money  change of it

-- One running sum over all items in turn: each item ends with an event that takes everything back,
-- so that the next one starts from 0. A window for each item would cost many times the work.
with closed_events as (
    select
        item_events.item_number,
        item_events.event_date,
        item_events.change_amount,
        item_events.whole_dispute_count,
        item_events.part_dispute_amount
    from item_events
    union all
    select
        item_events.item_number,
        cast(null as date) as event_date,
        -sum(item_events.change_amount) as change_amount,
        -sum(item_events.whole_dispute_count) as whole_dispute_count,
        -sum(item_events.part_dispute_amount) as part_dispute_amount
    from item_events
    group by item_events.item_number
),

running_events as (
    select
        closed_events.item_number,
        closed_events.event_date as step_date,
        lead(closed_events.event_date) over (
            order by closed_events.item_number, closed_events.event_date nulls last
        ) as next_step_date,
        closed_events.change_amount,
        closed_events.whole_dispute_count as whole_change_count,
        closed_events.part_dispute_amount as part_change_amount,
        sum(closed_events.change_amount) over events_so_far as open_amount,
        sum(closed_events.whole_dispute_count) over events_so_far as whole_count,
        sum(closed_events.part_dispute_amount) over events_so_far as part_amount
    from closed_events
    window events_so_far as (
        order by closed_events.item_number, closed_events.event_date nulls last
        rows between unbounded preceding and current row
    )
),

-- open and disputed before and after each step, in the item's own currency
item_states as (
    select
        running_events.item_number,
        running_events.step_date,
        running_events.next_step_date,
        stepped_items.due_date,
        stepped_items.is_debit,
        stepped_items.is_uneven,
        stepped_items.amount,
        stepped_items.answer_amount,
        cast(running_events.change_amount as decimal(21, 3)) as change_amount,
        cast(running_events.open_amount as decimal(21, 3)) as open_after_amount,
        cast(
            running_events.open_amount - running_events.change_amount as decimal(21, 3)
        ) as open_before_amount,
        case
            when not stepped_items.is_debit or running_events.open_amount <= 0 then 0
            when running_events.whole_count > 0 then running_events.open_amount
            else least(running_events.open_amount, running_events.part_amount)
        end as disputed_after_amount,
        case
            when
                not stepped_items.is_debit
                or running_events.open_amount <= running_events.change_amount
                then 0
            when running_events.whole_count > running_events.whole_change_count
                then running_events.open_amount - running_events.change_amount
            else least(
                running_events.open_amount - running_events.change_amount,
                running_events.part_amount - running_events.part_change_amount
            )
        end as disputed_before_amount
    from running_events
    inner join stepped_items on running_events.item_number = stepped_items.item_number
    where running_events.step_date is not null
),

-- In base currency the state is converted, never the step: what is settled is then exactly 0,
-- and steps are differences of states. 256 bits, for two amounts of 18 digits are multiplied.
answer_states as (
    select
        item_states.item_number,
        item_states.step_date,
        item_states.next_step_date,
        case
            when item_states.due_date is null then null
            else greatest(item_states.step_date, item_states.due_date + interval '1 day')
        end as overdue_date,
        item_states.is_debit,
        item_states.is_uneven,
        item_states.open_after_amount as item_open_amount,
        item_states.change_amount as item_change_amount,
        case
            when not $in_base then item_states.open_after_amount
            else money(
                cast(item_states.open_after_amount as decimal(41, 3))
                * item_states.answer_amount / nullif(item_states.amount, 0),
                $decimals
            )
        end as open_amount,
        case
            when not $in_base then cast(item_states.disputed_after_amount as decimal(21, 3))
            else money(
                cast(item_states.disputed_after_amount as decimal(41, 3))
                * item_states.answer_amount / nullif(item_states.amount, 0),
                $decimals
            )
        end as disputed_amount,
        case
            when not $in_base then cast(item_states.disputed_before_amount as decimal(21, 3))
            else money(
                cast(item_states.disputed_before_amount as decimal(41, 3))
                * item_states.answer_amount / nullif(item_states.amount, 0),
                $decimals
            )
        end as disputed_before_amount
    from item_states
)

select
    answer_states.item_number,
    answer_states.step_date,
    answer_states.next_step_date,
    cast(answer_states.overdue_date as date) as overdue_date,
    answer_states.is_debit,
    answer_states.is_uneven,
    answer_states.item_open_amount,
    answer_states.item_change_amount,
    answer_states.open_amount,
    answer_states.disputed_amount,
    cast(answer_states.disputed_amount - answer_states.disputed_before_amount as decimal(21, 3))
        as disputed_change_amount
from answer_states
