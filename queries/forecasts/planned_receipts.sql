-- planned_receipts: what the weeks to come bring of invoices that are still to be issued.
--
-- grain:   one week after $as_of, where sales are planned
-- key:     week_order
-- source:  week_forecasts, sale_plans, payment_lags, lag_errors
-- params:  $as_of date, $decimals int
-- columns:
--   week_order          int    1 for the week that begins the day after $as_of
--   week_start_date     date   its first day
--   week_end_date       date   its Sunday
--   mean_amount         money  on average, of what is open today
--   planned_amount      money  on average, of sales to come
--   planned_p10_amount  money  of sales to come: nine times in ten more comes in; null where too
--     little is past to tell how far plans and delays are off
--   planned_p90_amount  money  nine times in ten less
--   total_amount        money  both averages together

-- The sales of a month are spread evenly over its days, those gone by left out; each day's are paid
-- as invoices of twelve months were, by days from issue to payment. The range is that of a normal
-- distribution (1.2816: its ninth decile): how far sales were from plans, the same way for all
-- months to come, and how far receipts were from delays.
with plans as (
    select
        sale_plans.segment_code,
        cast(sale_plans.planned_amount as decimal(38, 6))
        / date_part('day', sale_plans.month_end_date) as day_amount,
        sale_plans.error_ratio,
        sale_plans.month_end_date,
        greatest(
            cast(date_trunc('month', sale_plans.month_end_date) as date),
            cast($as_of + interval '1 day' as date)
        ) as first_date
    from sale_plans
    where sale_plans.month_end_date > $as_of
),

horizons as (
    select max(week_forecasts.week_end_date) as last_date
    from week_forecasts
    where week_forecasts.dimension_code = 'total' and not week_forecasts.is_beyond
),

sale_days_to_come as (
    select
        plans.segment_code,
        plans.day_amount,
        plans.error_ratio,
        cast(plans.first_date as int) + unnest(
            range(0, cast(plans.month_end_date - plans.first_date as bigint) + 1)
        ) as day_number
    from plans
    inner join horizons on plans.first_date <= horizons.last_date
),

lag_shares as (
    select
        payment_lags.segment_code,
        payment_lags.lag_days,
        cast(payment_lags.paid_amount as decimal(38, 6)) / payment_lags.total_amount as share_ratio
    from payment_lags
),

-- a segment that paid too little pays as all do
known_segments as (
    select distinct lag_shares.segment_code
    from lag_shares
),

planned as (
    select
        sale_days_to_come.day_number + lag_shares.lag_days as day_number,
        sum(sale_days_to_come.day_amount * lag_shares.share_ratio) as planned_amount,
        sum(
            cast(sale_days_to_come.day_amount * lag_shares.share_ratio as decimal(24, 6))
            * sale_days_to_come.error_ratio
        ) as error_amount,
        count(*) filter (where sale_days_to_come.error_ratio is null) as unknown_count
    from sale_days_to_come
    left join known_segments
        on sale_days_to_come.segment_code = known_segments.segment_code
    inner join lag_shares
        on coalesce(known_segments.segment_code, '*') = lag_shares.segment_code
    group by sale_days_to_come.day_number + lag_shares.lag_days
),

weeks as (
    select
        week_forecasts.week_order,
        week_forecasts.week_start_date,
        week_forecasts.week_end_date,
        week_forecasts.mean_amount,
        money(coalesce(sum(planned.planned_amount), 0), $decimals) as planned_amount,
        cast(coalesce(sum(planned.error_amount), 0) as decimal(24, 3)) as error_amount,
        coalesce(sum(planned.unknown_count), 0) as unknown_count
    from week_forecasts
    left join planned
        on planned.day_number >= cast(week_forecasts.week_start_date as int)
        and planned.day_number <= cast(week_forecasts.week_end_date as int)
    where
        week_forecasts.dimension_code = 'total'
        and not week_forecasts.is_beyond
        and (select count(*) from plans) > 0
    group by
        week_forecasts.week_order,
        week_forecasts.week_start_date,
        week_forecasts.week_end_date,
        week_forecasts.mean_amount
),

spread_weeks as (
    select
        weeks.week_order,
        weeks.week_start_date,
        weeks.week_end_date,
        weeks.mean_amount,
        weeks.planned_amount,
        case
            when weeks.unknown_count = 0
                then 1.2816 * sqrt(
                    cast(weeks.error_amount as double) * cast(weeks.error_amount as double)
                    + cast(weeks.planned_amount as double) * cast(weeks.planned_amount as double)
                    * cast(lag_errors.error_ratio as double)
                    * cast(lag_errors.error_ratio as double)
                )
        end as reach
    from weeks
    left join lag_errors on least(weeks.week_order, 13) = lag_errors.week_order
)

select
    spread_weeks.week_order,
    spread_weeks.week_start_date,
    spread_weeks.week_end_date,
    spread_weeks.mean_amount,
    spread_weeks.planned_amount,
    money(
        greatest(spread_weeks.planned_amount - cast(spread_weeks.reach as decimal(24, 6)), 0),
        $decimals
    ) as planned_p10_amount,
    money(spread_weeks.planned_amount + cast(spread_weeks.reach as decimal(24, 6)), $decimals)
        as planned_p90_amount,
    cast(spread_weeks.mean_amount + spread_weeks.planned_amount as decimal(21, 3)) as total_amount
from spread_weeks
order by spread_weeks.week_order
