-- lag_errors: how far the receipts of weeks to come were from what payment_lags say, for invoices
-- that were issued after the forecast.
--
-- grain:   one week ahead, to the thirteenth
-- key:     week_order
-- source:  sale_days, payment_lags, settled_spells, known_items
-- params:  $as_of date
-- columns:
--   week_order   int    1 for the first week after the day of the forecast
--   error_ratio  ratio  root mean square of the differences, over that of what was expected, of the
--     forecasts of the last weeks, twenty-six at most; null for fewer than eight

-- whole weeks before $as_of: 0 for the last seven days
with expected as (
    select
        cast($as_of - sale_days.issued_date as bigint) / 7 as issue_week_number,
        (cast($as_of - sale_days.issued_date as bigint) - payment_lags.lag_days) / 7
            as paid_week_number,
        sum(
            cast(sale_days.sales_amount as decimal(38, 12))
            * (cast(payment_lags.paid_amount as decimal(27, 9)) / payment_lags.total_amount)
        ) as amount
    from sale_days
    inner join payment_lags
        on payment_lags.segment_code = '*'
        and payment_lags.lag_days <= cast($as_of - sale_days.issued_date as bigint)
    where sale_days.segment_code = '*' and sale_days.issued_date > $as_of - interval '273 days'
    group by
        cast($as_of - sale_days.issued_date as bigint) / 7,
        (cast($as_of - sale_days.issued_date as bigint) - payment_lags.lag_days) / 7
),

actual as (
    select
        cast($as_of - known_items.issued_date as bigint) / 7 as issue_week_number,
        cast($as_of - settled_spells.settled_date as bigint) / 7 as paid_week_number,
        sum(settled_spells.answer_amount) as amount
    from settled_spells
    inner join known_items on settled_spells.item_number = known_items.item_number
    where
        settled_spells.is_cash
        and settled_spells.until_date is null
        and settled_spells.settled_date >= known_items.issued_date
        and settled_spells.settled_date <= $as_of
        and known_items.issued_date > $as_of - interval '273 days'
    group by
        cast($as_of - known_items.issued_date as bigint) / 7,
        cast($as_of - settled_spells.settled_date as bigint) / 7
),

both as (
    select
        expected.issue_week_number,
        expected.paid_week_number,
        cast(expected.amount as decimal(24, 6)) as expected_amount,
        cast(0 as decimal(24, 6)) as actual_amount
    from expected
    union all
    select
        actual.issue_week_number,
        actual.paid_week_number,
        cast(0 as decimal(24, 6)) as expected_amount,
        cast(actual.amount as decimal(24, 6)) as actual_amount
    from actual
),

-- the forecast made so many weeks ago knew nothing issued since
origins as (
    select unnest(range(1, 40)) as origin_number
),

weeks as (
    select
        origins.origin_number,
        origins.origin_number - both.paid_week_number as week_order,
        cast(sum(both.expected_amount) as decimal(24, 3)) as expected_amount,
        cast(sum(both.actual_amount) as decimal(24, 3)) as actual_amount
    from origins
    inner join both
        on both.issue_week_number < origins.origin_number
        and both.paid_week_number < origins.origin_number
        and origins.origin_number - both.paid_week_number <= 13
    group by origins.origin_number, origins.origin_number - both.paid_week_number
),

latest as (
    select
        weeks.week_order,
        cast(weeks.actual_amount - weeks.expected_amount as double) as difference,
        cast(weeks.expected_amount as double) as expected
    from weeks
    where weeks.origin_number < weeks.week_order + 26
)

select
    latest.week_order,
    cast(
        case
            when count(*) >= 8
                then sqrt(
                    sum(latest.difference * latest.difference)
                    / nullif(sum(latest.expected * latest.expected), 0)
                )
        end as decimal(18, 6)
    ) as error_ratio
from latest
group by latest.week_order
