-- billing_lag: how many days invoices leave after the goods, and what that wait costs.
--
-- grain:   one site, and the whole company
-- key:     dimension_code, value_name
-- source:  known_items, item_details, cost_rates
-- params:  $as_of date, $decimals int
-- columns:
--   dimension_code    text     company, site
--   value_name        text     the site; `unknown` where nobody said; null for company
--   item_count        int      invoices issued in the 12 months up to $as_of, delivery known
--   mean_days         decimal  issued − delivered, each invoice once; negative if billed before
--   median_days       decimal  interpolated
--   p90_days          decimal  interpolated: nine invoices in ten are no later
--   amount            money    of these invoices
--   lag_amount_days   money    amount × days from delivery to issue, where later
--   cash_cost_amount  money    that × annual rate / 365: what waiting to bill costs

with lags as (
    select
        coalesce(item_details.site, 'unknown') as site,
        known_items.answer_amount as amount,
        known_items.issued_date - item_details.delivered_date as lag_days
    from known_items
    inner join item_details on known_items.item_number = item_details.item_number
    where
        known_items.kind = 'invoice'
        and item_details.delivered_date is not null
        and known_items.issued_date <= $as_of
        and known_items.issued_date > cast($as_of as date) - interval '12 months'
),

valued_lags as (
    select
        1 as dimension_order,
        'company' as dimension_code,
        cast(null as varchar) as value_name,
        lags.amount,
        lags.lag_days
    from lags
    union all
    select
        2 as dimension_order,
        'site' as dimension_code,
        lags.site as value_name,
        lags.amount,
        lags.lag_days
    from lags
),

ranked_lags as (
    select
        valued_lags.dimension_order,
        valued_lags.dimension_code,
        valued_lags.value_name,
        valued_lags.amount,
        valued_lags.lag_days,
        cast(
            row_number() over (
                partition by valued_lags.dimension_code, valued_lags.value_name
                order by valued_lags.lag_days
            ) as bigint
        ) - 1 as lag_rank,
        count(*) over (
            partition by valued_lags.dimension_code, valued_lags.value_name
        ) - 1 as last_rank
    from valued_lags
),

-- a quantile stands at (count − 1) × share: the two ranks around it are mixed, in hundredths
sums as (
    select
        ranked_lags.dimension_order,
        ranked_lags.dimension_code,
        ranked_lags.value_name,
        count(*) as item_count,
        sum(ranked_lags.lag_days) as lag_days,
        sum(ranked_lags.amount) as amount,
        sum(cast(ranked_lags.amount * greatest(ranked_lags.lag_days, 0) as decimal(38, 3)))
            as amount_days,
        sum(
            case ranked_lags.lag_rank - ranked_lags.last_rank * 50 / 100
                when 0 then ranked_lags.lag_days * (100 - ranked_lags.last_rank * 50 % 100)
                when 1 then ranked_lags.lag_days * (ranked_lags.last_rank * 50 % 100)
                else 0
            end
        ) as median_hundredths,
        sum(
            case ranked_lags.lag_rank - ranked_lags.last_rank * 90 / 100
                when 0 then ranked_lags.lag_days * (100 - ranked_lags.last_rank * 90 % 100)
                when 1 then ranked_lags.lag_days * (ranked_lags.last_rank * 90 % 100)
                else 0
            end
        ) as p90_hundredths
    from ranked_lags
    group by
        ranked_lags.dimension_order,
        ranked_lags.dimension_code,
        ranked_lags.value_name
),

rates as (
    select max(cost_rates.annual_rate_ratio) as annual_rate_ratio
    from cost_rates
)

select
    sums.dimension_code,
    sums.value_name,
    sums.item_count,
    cast(cast(sums.lag_days as decimal(38, 6)) / sums.item_count as decimal(18, 4)) as mean_days,
    cast(cast(sums.median_hundredths as decimal(38, 6)) / 100 as decimal(18, 4)) as median_days,
    cast(cast(sums.p90_hundredths as decimal(38, 6)) / 100 as decimal(18, 4)) as p90_days,
    cast(sums.amount as decimal(21, 3)) as amount,
    cast(sums.amount_days as decimal(21, 3)) as lag_amount_days,
    money(
        cast(sums.amount_days as decimal(41, 3)) * rates.annual_rate_ratio / 365,
        $decimals
    ) as cash_cost_amount
from sums
cross join rates
order by
    sums.dimension_order,
    sums.amount_days desc,
    sums.value_name
