-- planned_receipts: what the weeks to come bring of invoices that are still to be issued.
--
-- grain:   one week after $as_of, where sales are planned
-- key:     week_order
-- source:  week_forecasts, planned_sales, settled_spells, known_items, payers
-- params:  $as_of date, $decimals int
-- columns:
--   week_order       int    1 for the week that begins the day after $as_of
--   week_start_date  date   its first day
--   week_end_date    date   its Sunday
--   mean_amount      money  on average, of what is open today
--   planned_amount   money  on average, of planned sales
--   total_amount     money  both together

-- The sales of a month are spread evenly over its days, those gone by left out; each day's are paid
-- as invoices of twelve months were, by days from issue to payment.
with plans as (
    select
        planned_sales.month_end_date,
        planned_sales.segment_code,
        cast(planned_sales.planned_amount as decimal(38, 6))
        / date_part('day', planned_sales.month_end_date) as day_amount,
        greatest(
            cast(date_trunc('month', planned_sales.month_end_date) as date),
            cast($as_of + interval '1 day' as date)
        ) as first_date
    from planned_sales
    where planned_sales.month_end_date > $as_of
),

sale_days as (
    select
        plans.segment_code,
        plans.day_amount,
        cast(plans.first_date as int) + unnest(
            range(0, cast(plans.month_end_date - plans.first_date as bigint) + 1)
        ) as day_number
    from plans
),

payments as (
    select
        payers.segment_code,
        cast(settled_spells.settled_date - known_items.issued_date as bigint) as lag_days,
        settled_spells.answer_amount
    from settled_spells
    inner join known_items on settled_spells.item_number = known_items.item_number
    inner join payers
        on settled_spells.company_id = payers.company_id
        and settled_spells.customer_id = payers.customer_id
    where
        settled_spells.is_cash
        and settled_spells.until_date is null
        and settled_spells.settled_date > $as_of - interval '12 months'
        and settled_spells.settled_date >= known_items.issued_date
),

-- a segment that paid too little pays as all do
lags as (
    select
        payments.segment_code,
        payments.lag_days,
        sum(payments.answer_amount) as paid_amount
    from payments
    group by payments.segment_code, payments.lag_days
    union all
    select
        '*' as segment_code,
        payments.lag_days,
        sum(payments.answer_amount) as paid_amount
    from payments
    group by payments.lag_days
),

shares as (
    select
        lags.segment_code,
        lags.lag_days,
        cast(lags.paid_amount as decimal(38, 6))
        / sum(lags.paid_amount) over (partition by lags.segment_code) as share_ratio
    from lags
    where lags.paid_amount > 0
),

known_segments as (
    select payments.segment_code
    from payments
    group by payments.segment_code
    having count(*) >= 30
),

planned as (
    select
        sale_days.day_number + shares.lag_days as day_number,
        sum(sale_days.day_amount * shares.share_ratio) as planned_amount
    from sale_days
    left join known_segments on sale_days.segment_code = known_segments.segment_code
    inner join shares on coalesce(known_segments.segment_code, '*') = shares.segment_code
    group by sale_days.day_number + shares.lag_days
)

select
    week_forecasts.week_order,
    week_forecasts.week_start_date,
    week_forecasts.week_end_date,
    week_forecasts.mean_amount,
    money(coalesce(sum(planned.planned_amount), 0), $decimals) as planned_amount,
    cast(
        week_forecasts.mean_amount + money(coalesce(sum(planned.planned_amount), 0), $decimals)
        as decimal(21, 3)
    ) as total_amount
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
order by week_forecasts.week_order
