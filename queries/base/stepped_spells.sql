-- stepped_spells: from when to when an uneven debit item was settled, and whether cash did it.
--
-- grain:   one debit item followed step by step and day on which it was settled
-- key:     item_number, settled_date
-- source:  stepped_items, known_allocations, known_items, settlement_tolerance
-- params:  none
-- columns:
--   item_number    int    the item, of known_items
--   company_id     text   whose receivables they are
--   customer_id    text   who owed
--   due_date       date   as known_items says; null where unknown
--   answer_amount  money  its amount, in the currency of the answer
--   settled_date   date   the day on which all but the tolerance was settled
--   from_date      date   since when that is known: a discount may be booked after the receipt
--   until_date     date   the day it was open again; null if it never was
--   is_cash        flag   a claim that a receipt settled: not credited, offset, moved or lost

-- The last cent decides nothing: a claim is settled once no more than the tolerance is left. A
-- discount belongs to the receipt before it, where that came in time.
with followed as (
    select
        stepped_items.item_number,
        stepped_items.posted_date,
        stepped_items.due_date,
        stepped_items.amount,
        known_items.company_id,
        known_items.customer_id,
        known_items.answer_amount,
        known_items.is_claim,
        case
            when
                not known_items.is_claim
                or stepped_items.amount <= settlement_tolerance.tolerance_amount
                then cast(0 as decimal(21, 3))
            else cast(
                greatest(
                    settlement_tolerance.tolerance_amount,
                    cast(
                        floor(
                            stepped_items.amount * settlement_tolerance.tolerance_ratio * 1000
                        ) / 1000 as decimal(21, 3)
                    )
                ) as decimal(21, 3)
            )
        end as tolerance_amount
    from stepped_items
    inner join known_items on stepped_items.item_number = known_items.item_number
    cross join settlement_tolerance
    where stepped_items.is_uneven and stepped_items.is_debit
),

settlements as (
    select
        followed.item_number,
        followed.due_date,
        known_allocations.acting_date,
        known_allocations.credit_kind,
        sum(known_allocations.amount) as amount
    from followed
    inner join known_allocations on followed.item_number = known_allocations.debit_item_number
    group by
        followed.item_number,
        followed.due_date,
        known_allocations.acting_date,
        known_allocations.credit_kind
),

discounts as (
    select
        settlements.item_number,
        settlements.due_date,
        settlements.acting_date,
        settlements.amount,
        max(receipts.acting_date) as receipt_date
    from settlements
    left join settlements as receipts
        on settlements.item_number = receipts.item_number
        and receipts.acting_date <= settlements.acting_date
        and receipts.credit_kind = 'receipt'
        and receipts.amount > 0
    where settlements.credit_kind = 'discount'
    group by
        settlements.item_number,
        settlements.due_date,
        settlements.acting_date,
        settlements.amount
),

events as (
    select
        followed.item_number,
        followed.posted_date as event_date,
        followed.posted_date as known_date,
        followed.amount as change_amount,
        cast(0 as decimal(21, 3)) as cash_amount
    from followed
    union all
    select
        settlements.item_number,
        settlements.acting_date as event_date,
        settlements.acting_date as known_date,
        -settlements.amount as change_amount,
        case when settlements.credit_kind = 'receipt' then settlements.amount else 0 end
            as cash_amount
    from settlements
    where settlements.credit_kind <> 'discount'
    union all
    select
        discounts.item_number,
        case
            when discounts.receipt_date <= discounts.due_date then discounts.receipt_date
            else discounts.acting_date
        end as event_date,
        discounts.acting_date as known_date,
        -discounts.amount as change_amount,
        cast(0 as decimal(21, 3)) as cash_amount
    from discounts
),

days as (
    select
        events.item_number,
        events.event_date,
        max(events.known_date) as known_date,
        sum(events.change_amount) as change_amount,
        sum(events.cash_amount) as cash_amount
    from events
    group by events.item_number, events.event_date
),

states as (
    select
        days.item_number,
        days.event_date,
        days.change_amount,
        days.cash_amount,
        sum(days.change_amount) over item_days as left_amount,
        max(days.known_date) over item_days as known_date
    from days
    window item_days as (
        partition by days.item_number
        order by days.event_date
        rows between unbounded preceding and current row
    )
),

settled_states as (
    select
        states.item_number,
        states.event_date,
        states.cash_amount,
        -- cash that went back, and something else took its place
        -states.cash_amount - states.change_amount > followed.tolerance_amount as is_replaced,
        states.known_date,
        followed.company_id,
        followed.customer_id,
        followed.due_date,
        followed.answer_amount,
        followed.is_claim,
        states.left_amount <= followed.tolerance_amount as is_settled,
        lag(states.left_amount <= followed.tolerance_amount, 1, false) over (
            partition by states.item_number
            order by states.event_date
        ) as was_settled
    from states
    inner join followed on states.item_number = followed.item_number
),

turns as (
    select
        settled_states.item_number,
        settled_states.event_date,
        settled_states.cash_amount,
        settled_states.known_date,
        settled_states.company_id,
        settled_states.customer_id,
        settled_states.due_date,
        settled_states.answer_amount,
        settled_states.is_claim,
        settled_states.is_settled,
        lead(settled_states.event_date) over (
            partition by settled_states.item_number
            order by settled_states.event_date
        ) as next_date
    from settled_states
    where
        settled_states.is_settled <> settled_states.was_settled
        or (settled_states.is_settled and settled_states.is_replaced)
)

select
    turns.item_number,
    turns.company_id,
    turns.customer_id,
    turns.due_date,
    turns.answer_amount,
    turns.event_date as settled_date,
    turns.known_date as from_date,
    turns.next_date as until_date,
    turns.cash_amount > 0 and turns.is_claim as is_cash
from turns
where turns.is_settled
