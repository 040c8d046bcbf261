-- settled_spells: from when to when nothing was left open on a debit item, and whether cash did it.
--
-- grain:   one debit item and day on which its open amount reached 0
-- key:     item_number, settled_date
-- source:  even_closings, item_steps, known_allocations, known_items
-- params:  none
-- kept:    no
-- columns:
--   item_number    int    the item, of known_items
--   customer_id    text   who owed
--   due_date       date   as known_items says; null where unknown
--   answer_amount  money  its amount, in the currency of the answer
--   settled_date   date   the day its open amount reached 0
--   until_date     date   the day it was open again; null if it never was
--   is_cash        flag   a receipt acted on that day: it was paid, not credited, offset or lost

-- An item that is paid on the day it is posted is open on no day: its one step changes nothing.
-- Even items were closed once, and for good, as their load says.
with changes as (
    select
        item_steps.item_number,
        item_steps.step_date,
        item_steps.item_open_amount,
        lead(item_steps.item_number) over steps_in_turn as next_item_number,
        lead(item_steps.step_date) over steps_in_turn as next_date
    from item_steps
    inner join known_items on item_steps.item_number = known_items.item_number
    where
        item_steps.is_debit
        and item_steps.is_uneven
        and (
            item_steps.item_change_amount <> 0
            or item_steps.step_date = known_items.posted_date
        )
    window steps_in_turn as (order by item_steps.item_number, item_steps.step_date)
),

cash_days as (
    select
        known_allocations.debit_item_number as item_number,
        known_allocations.acting_date
    from item_steps
    inner join known_allocations
        on item_steps.item_number = known_allocations.debit_item_number
        and item_steps.step_date = known_allocations.acting_date
    where known_allocations.credit_kind = 'receipt' and known_allocations.amount > 0
    group by known_allocations.debit_item_number, known_allocations.acting_date
)

select
    even_closings.item_number,
    even_closings.customer_id,
    even_closings.due_date,
    even_closings.answer_amount,
    even_closings.closed_date as settled_date,
    cast(null as date) as until_date,
    even_closings.is_cash
from even_closings
where even_closings.is_debit
union all
select
    changes.item_number,
    known_items.customer_id,
    known_items.due_date,
    known_items.answer_amount,
    changes.step_date as settled_date,
    case when changes.next_item_number = changes.item_number then changes.next_date end
        as until_date,
    cash_days.item_number is not null as is_cash
from changes
inner join known_items on changes.item_number = known_items.item_number
left join cash_days
    on changes.item_number = cash_days.item_number
    and changes.step_date = cash_days.acting_date
where changes.item_open_amount = 0
