-- known_allocations: the allocations that act on or before the as-of day.
--
-- grain:   one debit item, credit item and day on which an allocation starts to act
-- key:     debit_item_number, credit_item_number, acting_date
-- source:  allocations, known_items
-- params:  $as_of date, $in_base flag
-- columns:
--   debit_item_number   int    the item it lowers, of known_items
--   credit_item_number  int    the item it uses up, of known_items
--   acting_date         date   the latest of its own date and both posted dates
--   amount              money  in the items' currency; negative takes back an earlier one
--   answer_amount       money  the same in the answer's currency, at the debit item's rate
--   is_inferred         flag   some of it was not written by the source but concluded

with acting_allocations as (
    select
        debit_items.item_number as debit_item_number,
        credit_items.item_number as credit_item_number,
        greatest(
            allocations.allocated_date,
            debit_items.posted_date,
            credit_items.posted_date
        ) as acting_date,
        allocations.amount,
        debit_items.amount as debit_amount,
        debit_items.answer_amount as debit_answer_amount,
        coalesce(allocations.is_inferred, false) as is_inferred
    from allocations
    inner join known_items as debit_items
        on coalesce(allocations.company_id, '') = debit_items.company_id
        and allocations.debit_item_id = debit_items.item_id
    inner join known_items as credit_items
        on coalesce(allocations.company_id, '') = credit_items.company_id
        and allocations.credit_item_id = credit_items.item_id
    where allocations.allocated_date <= $as_of
),

daily_allocations as (
    select
        acting_allocations.debit_item_number,
        acting_allocations.credit_item_number,
        acting_allocations.acting_date,
        acting_allocations.debit_amount,
        acting_allocations.debit_answer_amount,
        cast(sum(acting_allocations.amount) as decimal(18, 2)) as amount,
        bool_or(acting_allocations.is_inferred) as is_inferred
    from acting_allocations
    group by
        acting_allocations.debit_item_number,
        acting_allocations.credit_item_number,
        acting_allocations.acting_date,
        acting_allocations.debit_amount,
        acting_allocations.debit_answer_amount
)

select
    daily_allocations.debit_item_number,
    daily_allocations.credit_item_number,
    daily_allocations.acting_date,
    daily_allocations.amount,
    case
        when not $in_base then daily_allocations.amount
        -- 256 bits, for two amounts of 18 digits are multiplied
        else cast(
            cast(daily_allocations.amount as decimal(40, 2))
            * daily_allocations.debit_answer_amount
            / nullif(daily_allocations.debit_amount, 0) as decimal(18, 2)
        )
    end as answer_amount,
    daily_allocations.is_inferred
from daily_allocations
