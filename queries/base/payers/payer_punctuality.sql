-- payer_punctuality: how late a customer pays, how regularly, and whether that changes.
--
-- grain:   one picture and customer with an item paid in the 12 months before, or past due
-- key:     picture_date, company_id, customer_id
-- source:  payer_lateness, known_items, contested_items, reasons
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
--   recent_count          int      paid in the 3 months before, or past due, held up by no reason
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
        payer_lateness.item_number,
        payer_lateness.late_days,
        payer_lateness.weight_amount,
        payer_lateness.is_open,
        item_causes.cause_code,
        case
            when item_causes.item_number is not null then 'held_up'
            when payer_lateness.is_recent then 'recent'
            else 'previous'
        end as period_code
    from payer_lateness
    left join item_causes
        on payer_lateness.item_number = item_causes.item_number
        and item_causes.from_date <= payer_lateness.picture_date
),

-- Whether a payer changes is told by the invoices that nothing held up: a reason is no habit. By
-- medians, for one invoice forgotten for months is no drift.
ranked_lateness as (
    select
        known_lateness.picture_date,
        known_lateness.company_id,
        known_lateness.customer_id,
        known_lateness.item_number,
        known_lateness.late_days,
        known_lateness.weight_amount,
        known_lateness.is_open,
        known_lateness.cause_code,
        known_lateness.period_code,
        cast(
            row_number() over (
                partition by
                    known_lateness.picture_date,
                    known_lateness.company_id,
                    known_lateness.customer_id
                order by known_lateness.late_days
            ) as bigint
        ) - 1 as late_rank,
        count(*) over (
            partition by
                known_lateness.picture_date,
                known_lateness.company_id,
                known_lateness.customer_id
        ) as item_count,
        cast(
            row_number() over (
                partition by
                    known_lateness.picture_date,
                    known_lateness.company_id,
                    known_lateness.customer_id,
                    known_lateness.period_code
                order by known_lateness.late_days
            ) as bigint
        ) - 1 as period_rank,
        count(*) over (
            partition by
                known_lateness.picture_date,
                known_lateness.company_id,
                known_lateness.customer_id,
                known_lateness.period_code
        ) as period_count
    from known_lateness
),

-- a quantile stands at (count − 1) × share: the two ranks around it are mixed, in hundredths
weighted_lateness as (
    select
        ranked_lateness.picture_date,
        ranked_lateness.company_id,
        ranked_lateness.customer_id,
        ranked_lateness.item_number,
        ranked_lateness.late_days,
        ranked_lateness.weight_amount,
        ranked_lateness.is_open,
        ranked_lateness.cause_code,
        ranked_lateness.period_code,
        case ranked_lateness.late_rank - (ranked_lateness.item_count - 1) * 50 / 100
            when 0 then 100 - (ranked_lateness.item_count - 1) * 50 % 100
            when 1 then (ranked_lateness.item_count - 1) * 50 % 100
            else 0
        end as median_weight,
        case ranked_lateness.late_rank - (ranked_lateness.item_count - 1) * 90 / 100
            when 0 then 100 - (ranked_lateness.item_count - 1) * 90 % 100
            when 1 then (ranked_lateness.item_count - 1) * 90 % 100
            else 0
        end as p90_weight,
        case ranked_lateness.period_rank - (ranked_lateness.period_count - 1) * 50 / 100
            when 0 then 100 - (ranked_lateness.period_count - 1) * 50 % 100
            when 1 then (ranked_lateness.period_count - 1) * 50 % 100
            else 0
        end as period_median_weight,
        case ranked_lateness.period_rank - (ranked_lateness.period_count - 1) * 90 / 100
            when 0 then 100 - (ranked_lateness.period_count - 1) * 90 % 100
            when 1 then (ranked_lateness.period_count - 1) * 90 % 100
            else 0
        end as period_p90_weight
    from ranked_lateness
),

sums as (
    select
        weighted_lateness.picture_date,
        weighted_lateness.company_id,
        weighted_lateness.customer_id,
        count(*) as item_count,
        sum(case when weighted_lateness.is_open then 0 else 1 end) as settled_count,
        sum(case when weighted_lateness.is_open then 1 else 0 end) as past_due_count,
        sum(case when weighted_lateness.late_days > 0 then 1 else 0 end) as late_count,
        sum(weighted_lateness.weight_amount) as weight_amount,
        sum(
            case when weighted_lateness.late_days > 0 then weighted_lateness.weight_amount end
        ) as late_amount,
        sum(
            case when not weighted_lateness.is_open then weighted_lateness.weight_amount end
        ) as settled_amount,
        sum(
            case
                when not weighted_lateness.is_open
                    then cast(
                        weighted_lateness.late_days * weighted_lateness.weight_amount
                        as decimal(38, 3)
                    )
            end
        ) as settled_day_amount,
        sum(
            cast(
                weighted_lateness.late_days * weighted_lateness.weight_amount as decimal(38, 3)
            )
        ) as at_risk_day_amount,
        sum(weighted_lateness.late_days * weighted_lateness.median_weight) as median_hundredths,
        sum(weighted_lateness.late_days * weighted_lateness.p90_weight) as p90_hundredths,
        sum(case when weighted_lateness.period_code = 'recent' then 1 else 0 end) as recent_count,
        sum(
            case
                when weighted_lateness.period_code = 'recent'
                    then weighted_lateness.late_days * weighted_lateness.period_median_weight
            end
        ) as recent_hundredths,
        sum(case when weighted_lateness.period_code = 'previous' then 1 else 0 end)
            as previous_count,
        sum(
            case
                when weighted_lateness.period_code = 'previous'
                    then weighted_lateness.late_days * weighted_lateness.period_median_weight
            end
        ) as previous_hundredths,
        sum(
            case
                when weighted_lateness.period_code = 'previous'
                    then weighted_lateness.late_days
                    * (
                        weighted_lateness.period_p90_weight
                        - weighted_lateness.period_median_weight
                    )
            end
        ) as previous_spread_hundredths,
        sum(
            case
                when weighted_lateness.late_days > 0
                    then cast(
                        weighted_lateness.late_days * weighted_lateness.weight_amount
                        as decimal(38, 3)
                    )
            end
        ) as late_day_amount,
        sum(
            case
                when
                    weighted_lateness.late_days > 0
                    and weighted_lateness.cause_code = 'process'
                    then cast(
                        weighted_lateness.late_days * weighted_lateness.weight_amount
                        as decimal(38, 3)
                    )
            end
        ) as process_day_amount,
        sum(
            case
                when
                    weighted_lateness.late_days > 0
                    and weighted_lateness.cause_code = 'ability'
                    then cast(
                        weighted_lateness.late_days * weighted_lateness.weight_amount
                        as decimal(38, 3)
                    )
            end
        ) as ability_day_amount,
        sum(
            case
                when
                    weighted_lateness.late_days > 0
                    and weighted_lateness.cause_code = 'willingness'
                    then cast(
                        weighted_lateness.late_days * weighted_lateness.weight_amount
                        as decimal(38, 3)
                    )
            end
        ) as willingness_day_amount,
        max(
            case
                when weighted_lateness.late_days > 0
                    then cast(
                        cast(known_items.due_date as int)
                        + cast(weighted_lateness.late_days as int) as date
                    )
            end
        ) as last_late_date
    from weighted_lateness
    inner join known_items on weighted_lateness.item_number = known_items.item_number
    group by
        weighted_lateness.picture_date,
        weighted_lateness.company_id,
        weighted_lateness.customer_id
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
    cast(cast(sums.median_hundredths as decimal(38, 6)) / 100 as decimal(18, 4))
        as median_late_days,
    cast(cast(sums.p90_hundredths as decimal(38, 6)) / 100 as decimal(18, 4)) as p90_late_days,
    cast(
        cast(sums.p90_hundredths - sums.median_hundredths as decimal(38, 6)) / 100
        as decimal(18, 4)
    ) as spread_days,
    sums.recent_count,
    cast(cast(sums.recent_hundredths as decimal(38, 6)) / 100 as decimal(18, 4))
        as recent_late_days,
    sums.previous_count,
    cast(cast(sums.previous_hundredths as decimal(38, 6)) / 100 as decimal(18, 4))
        as previous_late_days,
    cast(cast(sums.previous_spread_hundredths as decimal(38, 6)) / 100 as decimal(18, 4))
        as previous_spread_days,
    cast(
        cast(sums.recent_hundredths - sums.previous_hundredths as decimal(38, 6)) / 100
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
