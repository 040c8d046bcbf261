-- sale_plans: the sales of the months to come: as planned, or like the same months of the years
-- before.
--
-- grain:   one month that is not over, and segment
-- key:     month_end_date, segment_code
-- source:  planned_sales, sale_days, sale_seasons
-- params:  $as_of date, $decimals int
-- columns:
--   month_end_date    date   the month
--   segment_code      text   of which customers; `*` for all
--   plan_code         text   planned: as planned_sales.csv says; last_years: that file asks for
--     months like those of the last years, by a line without amount
--   planned_amount    money  the sales of the whole month, VAT included
--   last_year_amount  money  of the same month a year before; null where the books do not hold it
--   error_ratio       ratio  how far sales of past months were from it, as a share: root mean
--     square over twelve months; null where fewer than six are known

-- a line without month stands for each month of the two years to come that has none of its own
with months_to_come as (
    select
        month_number(cast($as_of + interval '1 day' as date))
        + unnest(range(0, 25)) as month_number
),

lines as (
    select
        month_number(planned_sales.month_end_date) as month_number,
        planned_sales.segment_code,
        planned_sales.planned_amount
    from planned_sales
    where planned_sales.month_end_date is not null
),

wanted as (
    select
        lines.month_number,
        lines.segment_code,
        lines.planned_amount
    from lines
    where lines.month_number >= month_number(cast($as_of + interval '1 day' as date))
    union all
    select
        months_to_come.month_number,
        planned_sales.segment_code,
        planned_sales.planned_amount
    from planned_sales
    cross join months_to_come
    left anti join lines
        on planned_sales.segment_code = lines.segment_code
        and months_to_come.month_number = lines.month_number
    where planned_sales.month_end_date is null
),

months as (
    select
        sale_days.segment_code,
        month_number(sale_days.issued_date) as month_number,
        cast(sum(sale_days.sales_amount) as decimal(21, 3)) as sales_amount
    from sale_days
    group by sale_days.segment_code, month_number(sale_days.issued_date)
),

-- what was planned for past months, and what the rule of last years would have said of them
tried as (
    select
        'planned' as plan_code,
        lines.segment_code,
        lines.month_number,
        lines.planned_amount as expected_amount
    from lines
    where lines.planned_amount > 0
    union all
    select
        'last_years' as plan_code,
        sale_seasons.segment_code,
        sale_seasons.last_month_number + 1 as month_number,
        sale_seasons.expected_amount
    from sale_seasons
    where
        (sale_seasons.last_month_number + 1) % 12 = sale_seasons.month_order
        and sale_seasons.expected_amount > 0
),

misses as (
    select
        tried.plan_code,
        tried.segment_code,
        cast(
            cast(coalesce(months.sales_amount, 0) - tried.expected_amount as decimal(27, 9))
            / cast(tried.expected_amount as decimal(21, 3)) as decimal(18, 9)
        ) as miss_ratio
    from tried
    left join months
        on tried.segment_code = months.segment_code
        and tried.month_number = months.month_number
    where
        tried.month_number < month_number(cast($as_of + interval '1 day' as date))
        and tried.month_number >= month_number(cast($as_of + interval '1 day' as date)) - 12
),

errors as (
    select
        misses.plan_code,
        misses.segment_code,
        cast(
            sqrt(cast(sum(misses.miss_ratio * misses.miss_ratio) as double) / count(*))
            as decimal(18, 6)
        ) as error_ratio
    from misses
    group by misses.plan_code, misses.segment_code
    having count(*) >= 6
),

plans as (
    select
        wanted.month_number,
        wanted.segment_code,
        case when wanted.planned_amount is null then 'last_years' else 'planned' end as plan_code,
        coalesce(wanted.planned_amount, sale_seasons.expected_amount) as planned_amount
    from wanted
    left join sale_seasons
        on wanted.segment_code = sale_seasons.segment_code
        and wanted.month_number % 12 = sale_seasons.month_order
        and sale_seasons.last_month_number
        = month_number(cast($as_of + interval '1 day' as date)) - 1
)

select
    last_day(
        make_date(
            cast(plans.month_number / 12 as int), cast(plans.month_number % 12 + 1 as int), 1
        )
    ) as month_end_date,
    plans.segment_code,
    plans.plan_code,
    money(plans.planned_amount, $decimals) as planned_amount,
    months.sales_amount as last_year_amount,
    -- where too few months were planned before, a plan is held to be as good as the last years
    coalesce(errors.error_ratio, usual_errors.error_ratio) as error_ratio
from plans
left join months
    on plans.segment_code = months.segment_code
    and plans.month_number - 12 = months.month_number
left join errors
    on plans.segment_code = errors.segment_code
    and plans.plan_code = errors.plan_code
left join errors as usual_errors
    on plans.segment_code = usual_errors.segment_code
    and usual_errors.plan_code = 'last_years'
where plans.planned_amount is not null
order by plans.month_number, plans.segment_code
