-- payer_punctuality: how late a customer pays, how regularly, and whether that changes.
--
-- grain:   one picture and customer with an item paid in the 12 months before, or past due
-- key:     picture_date, company_id, customer_id
-- source:  payer_lateness, contested_items, reasons
-- params:  none
-- columns:
--   picture_date          date     the day of the picture
--   company_id            text     whose receivables they are
--   customer_id           text     who owes
--   settled_count         int      items paid in the 12 months before
--   past_due_count        int      items past due
--   late_count            int      of both, those paid late or past due
--   late_ratio            ratio    late_count of both counts
--   late_amount_ratio     ratio    the same by amount
--   settled_late_days     decimal  days late of what was paid, by amount; null if nothing was
--   at_risk_late_days     decimal  the same with what is past due, late until that day
--   median_late_days      decimal  of both, interpolated
--   p90_late_days         decimal  nine items in ten are no later
--   spread_days           decimal  p90 less median
--   recent_count          int      paid in the 3 months before, or due in them and still open, held
--     up by no reason
--   recent_late_days      decimal  median days late of these
--   previous_count        int      paid in the 9 months before them, held up by no reason
--   previous_late_days    decimal  median days late of these
--   previous_spread_days  decimal  p90 less median of these
--   trend_days            decimal  recent less previous; null if either is unknown
--   last_late_date        date     last day on which an item was paid late or is past due
--   process_ratio         ratio    of late amount × days, on items held up by a process
--   ability_ratio         ratio    of it, on items whose payer could not pay
--   willingness_ratio     ratio    of it, on items whose payer would not pay

-- the first reason told of an item is the one its lateness goes by
with first_contests as (
    select
        contested_items.item_number,
        contested_items.from_date,
        contested_items.reason_code,
        row_number() over (
            partition by contested_items.item_number
            order by contested_items.from_date, contested_items.contest_id
        ) as contest_order
    from contested_items
),

item_causes as (
    select
        first_contests.item_number,
        first_contests.from_date,
        reasons.cause_code
    from first_contests
    left join reasons on first_contests.reason_code = reasons.reason_code
    where first_contests.contest_order = 1
),

known_lateness as (
    select
        payer_lateness.picture_date,
        payer_lateness.company_id,
        payer_lateness.customer_id,
        payer_lateness.late_days,
        payer_lateness.weight_amount,
        payer_lateness.late_date,
        payer_lateness.is_open,
        item_causes.cause_code,
        case
            when item_causes.item_number is not null then 'held_up'
            when payer_lateness.is_recent then 'recent'
            when payer_lateness.is_open then 'long_open'
            else 'previous'
        end as period_code
    from payer_lateness
    left join item_causes
        on payer_lateness.item_number = item_causes.item_number
        and item_causes.from_date <= payer_lateness.picture_date
),

-- Whether a payer changes is told by the invoices that nothing held up: a reason is no habit. By
-- medians, for one invoice forgotten for months is no drift; and like with like, for what was open
-- long before the last 3 months is no habit of theirs.
days as (
    select
        known_lateness.picture_date,
        known_lateness.company_id,
        known_lateness.customer_id,
        known_lateness.late_days,
        known_lateness.weight_amount,
        cast(known_lateness.late_days as decimal(8, 0)) * known_lateness.weight_amount
            as day_amount,
        known_lateness.late_days > 0 as is_late,
        known_lateness.late_date,
        known_lateness.is_open,
        known_lateness.cause_code,
        known_lateness.period_code
    from known_lateness
),

sums as (
    select
        days.picture_date,
        days.company_id,
        days.customer_id,
        count(*) as item_count,
        count(*) filter (where not days.is_open) as settled_count,
        count(*) filter (where days.is_open) as past_due_count,
        count(*) filter (where days.is_late) as late_count,
        count(*) filter (where days.period_code = 'recent') as recent_count,
        count(*) filter (where days.period_code = 'previous') as previous_count,
        sum(days.weight_amount) as weight_amount,
        sum(days.weight_amount) filter (where days.is_late) as late_amount,
        sum(days.weight_amount) filter (where not days.is_open) as settled_amount,
        sum(days.day_amount) filter (where not days.is_open) as settled_day_amount,
        sum(days.day_amount) as at_risk_day_amount,
        sum(days.day_amount) filter (where days.is_late) as late_day_amount,
        sum(days.day_amount) filter (where days.is_late and days.cause_code = 'process')
            as process_day_amount,
        sum(days.day_amount) filter (where days.is_late and days.cause_code = 'ability')
            as ability_day_amount,
        sum(days.day_amount) filter (where days.is_late and days.cause_code = 'willingness')
            as willingness_day_amount,
        max(days.late_date) filter (where days.is_late) as last_late_date,
        array_agg(days.late_days) as all_days,
        array_agg(days.late_days) filter (where days.period_code = 'recent') as recent_days,
        array_agg(days.late_days) filter (where days.period_code = 'previous') as previous_days
    from days
    group by days.picture_date, days.company_id, days.customer_id
)


select
    sums.picture_date,
    sums.company_id,
    sums.customer_id,
    sums.settled_count,
    sums.past_due_count,
    sums.late_count,
    cast(cast(sums.late_count as decimal(38, 12)) / sums.item_count as decimal(18, 6))
        as late_ratio,
    cast(
        cast(coalesce(sums.late_amount, 0) as decimal(50, 10))
        / nullif(cast(sums.weight_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as late_amount_ratio,
    cast(
        cast(sums.settled_day_amount as decimal(50, 8))
        / nullif(cast(sums.settled_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as settled_late_days,
    cast(
        cast(sums.at_risk_day_amount as decimal(50, 8))
        / nullif(cast(sums.weight_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as at_risk_late_days,
    percentile_of(sums.all_days, 50) as median_late_days,
    percentile_of(sums.all_days, 90) as p90_late_days,
    cast(
        percentile_of(sums.all_days, 90) - percentile_of(sums.all_days, 50) as decimal(18, 4)
    ) as spread_days,
    sums.recent_count,
    percentile_of(sums.recent_days, 50) as recent_late_days,
    sums.previous_count,
    percentile_of(sums.previous_days, 50) as previous_late_days,
    cast(
        percentile_of(sums.previous_days, 90) - percentile_of(sums.previous_days, 50)
        as decimal(18, 4)
    ) as previous_spread_days,
    cast(
        percentile_of(sums.recent_days, 50) - percentile_of(sums.previous_days, 50)
        as decimal(18, 4)
    ) as trend_days,
    sums.last_late_date,
    cast(
        cast(coalesce(sums.process_day_amount, 0) as decimal(50, 10))
        / nullif(cast(sums.late_day_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as process_ratio,
    cast(
        cast(coalesce(sums.ability_day_amount, 0) as decimal(50, 10))
        / nullif(cast(sums.late_day_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as ability_ratio,
    cast(
        cast(coalesce(sums.willingness_day_amount, 0) as decimal(50, 10))
        / nullif(cast(sums.late_day_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as willingness_ratio
from sums
