-- days_late: how many days after the due date customers pay, and how late what they owe is.
--
-- grain:   one basis
-- key:     basis_code
-- source:  settled_spells, item_balances, list_spans
-- params:  $as_of date
-- columns:
--   basis_code          text     settled; at_risk: those and what is past due, late until $as_of
--   item_count          int      claims with a due date
--   mean_days           decimal  each item counts once; negative when paid before the due date
--   weighted_mean_days  decimal  each item counts by its amount, a past-due one by what is open
--   median_days         decimal  interpolated
--   p90_days            decimal  interpolated: nine items in ten are no later
--   half_width_days     decimal  where only lists of open items tell: how far from the middle
--                                between two lists, where it counts, a payment lies at most, on
--                                average over the items; null where every day is known

-- An item is settled on the day its open amount reaches 0, and by cash when a receipt acts on
-- that day: what a credit note, offset, factor or write-off closes says nothing of paying.
with settled_rests as (
    select settled_spells.item_number
    from settled_spells
    where settled_spells.is_stepped and settled_spells.until_date is null
),

lateness as (
    select
        false as is_open,
        settled_spells.settled_date - settled_spells.due_date as late_days,
        count(*) as item_count,
        sum(settled_spells.answer_amount) as weight_amount,
        sum(list_spans.by_date - list_spans.after_date) as width_days
    from settled_spells
    left join list_spans
        on settled_spells.company_id = list_spans.company_id
        and settled_spells.settled_date = list_spans.middle_date
    where
        settled_spells.is_cash
        and settled_spells.until_date is null
        and settled_spells.due_date is not null
        and settled_spells.settled_date > $as_of - interval '12 months'
    group by late_days
    union all
    select
        true as is_open,
        item_balances.past_due_days as late_days,
        count(*) as item_count,
        sum(item_balances.open_amount) as weight_amount,
        null as width_days
    from item_balances
    left anti join settled_rests on item_balances.item_number = settled_rests.item_number
    where
        item_balances.is_claim
        and item_balances.open_amount > 0
        and item_balances.past_due_days > 0
    group by item_balances.past_due_days
),

bases as (
    select
        1 as basis_order,
        'settled' as basis_code
    union all
    select
        2 as basis_order,
        'at_risk' as basis_code
),

day_lateness as (
    select
        bases.basis_code,
        lateness.late_days,
        sum(lateness.item_count) as day_count,
        sum(lateness.weight_amount) as weight_amount,
        sum(lateness.width_days) as width_days
    from lateness
    inner join bases on bases.basis_code = 'at_risk' or not lateness.is_open
    group by bases.basis_code, lateness.late_days
),

-- the items of a day have the ranks from first_rank to last_rank, counted from 0
ranked_lateness as (
    select
        day_lateness.basis_code,
        day_lateness.late_days,
        day_lateness.day_count,
        day_lateness.weight_amount,
        day_lateness.width_days,
        sum(day_lateness.day_count) over days_so_far - day_lateness.day_count as first_rank,
        sum(day_lateness.day_count) over days_so_far - 1 as last_rank,
        sum(day_lateness.day_count) over (partition by day_lateness.basis_code) as item_count
    from day_lateness
    window days_so_far as (
        partition by day_lateness.basis_code
        order by day_lateness.late_days
        rows between unbounded preceding and current row
    )
),

-- a quantile stands at (count − 1) × share: the two ranks around it are mixed, in hundredths
summaries as (
    select
        ranked_lateness.basis_code,
        sum(ranked_lateness.day_count) as item_count,
        sum(ranked_lateness.late_days * ranked_lateness.day_count) as late_days,
        sum(cast(ranked_lateness.late_days * ranked_lateness.weight_amount as decimal(38, 3)))
            as weighted_amount,
        sum(ranked_lateness.weight_amount) as weight_amount,
        sum(ranked_lateness.width_days) as width_days,
        sum(
            case
                when
                    (ranked_lateness.item_count - 1) * 50 / 100
                    between ranked_lateness.first_rank and ranked_lateness.last_rank
                    then ranked_lateness.late_days
                    * (100 - (ranked_lateness.item_count - 1) * 50 % 100)
                else 0
            end
            + case
                when
                    (ranked_lateness.item_count - 1) * 50 / 100 + 1
                    between ranked_lateness.first_rank and ranked_lateness.last_rank
                    then ranked_lateness.late_days * ((ranked_lateness.item_count - 1) * 50 % 100)
                else 0
            end
        ) as median_hundredths,
        sum(
            case
                when
                    (ranked_lateness.item_count - 1) * 90 / 100
                    between ranked_lateness.first_rank and ranked_lateness.last_rank
                    then ranked_lateness.late_days
                    * (100 - (ranked_lateness.item_count - 1) * 90 % 100)
                else 0
            end
            + case
                when
                    (ranked_lateness.item_count - 1) * 90 / 100 + 1
                    between ranked_lateness.first_rank and ranked_lateness.last_rank
                    then ranked_lateness.late_days * ((ranked_lateness.item_count - 1) * 90 % 100)
                else 0
            end
        ) as p90_hundredths
    from ranked_lateness
    group by ranked_lateness.basis_code
)

select
    bases.basis_code,
    coalesce(summaries.item_count, 0) as item_count,
    cast(cast(summaries.late_days as decimal(38, 6)) / summaries.item_count as decimal(18, 4))
        as mean_days,
    cast(
        cast(summaries.weighted_amount as decimal(50, 8))
        / nullif(cast(summaries.weight_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as weighted_mean_days,
    cast(cast(summaries.median_hundredths as decimal(38, 6)) / 100 as decimal(18, 4))
        as median_days,
    cast(cast(summaries.p90_hundredths as decimal(38, 6)) / 100 as decimal(18, 4)) as p90_days,
    cast(
        cast(summaries.width_days as decimal(38, 6)) / (2 * summaries.item_count) as decimal(18, 4)
    ) as half_width_days
from bases
left join summaries on bases.basis_code = summaries.basis_code
order by bases.basis_order
