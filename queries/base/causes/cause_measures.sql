-- cause_measures: what each reason costs over twelve months, in all and wherever it shows.
--
-- grain:   one dimension, value of it and reason with a contest in the 12 months up to $as_of
-- key:     dimension_code, value_id, reason_code
-- source:  contest_measures, reasons, cost_rates, customer_codes
-- params:  $decimals int
-- columns:
--   dimension_code      text     company (all), customer, product_line, site, salesperson, month
--   value_id            text     the customer, site…; `unknown` where nobody said; `all`
--   value_name          text     a customer's name, else the same
--   reason_code         text     why
--   process_code        text     whose process; `unknown` where the reason is none of ours
--   owner               text     who can remove it; `unknown` likewise
--   dispute_count       int      contests; a dispute of several items is one
--   disputed_amount     money    contested parts
--   amount_days         money    contested part × days it was held up, up to $as_of
--   cash_cost_amount    money    that × annual rate / 365
--   share_ratio         ratio    of amount_days of the dimension; null where they are 0
--   cumulative_ratio    ratio    share of this row and those before it
--   median_cycle_days   decimal  of those closed: from told to closed; interpolated
--   p90_cycle_days      decimal  nine in ten end sooner
--   credited_ratio      ratio    of closed disputes, by count: the customer was right
--   days_late_added     decimal  mean, against the payer's items that nobody contested
--   recurrence_ratio    ratio    of contests: the customer had the same reason before
--   is_vital            flag     one of the fewest that make 80 % of amount_days
--   open_count          int      contests that hold, with something open
--   open_amount         money    what is still contested and open
--   cause_order         int      1 for the largest amount_days of the dimension
--   settled_meanwhile_ratio ratio of those ended: the item was settled before

with valued_contests as (
    select
        'company' as dimension_code,
        cast('all' as varchar) as value_id,
        cast('all' as varchar) as value_name,
        contest_measures.contest_id,
        contest_measures.item_number
    from contest_measures
    where contest_measures.is_recent
    union all
    select
        'customer' as dimension_code,
        customer_codes.customer_code as value_id,
        customer_codes.customer_name as value_name,
        contest_measures.contest_id,
        contest_measures.item_number
    from contest_measures
    inner join customer_codes
        on contest_measures.company_id = customer_codes.company_id
        and contest_measures.customer_id = customer_codes.customer_id
    where contest_measures.is_recent
    union all
    select
        'product_line' as dimension_code,
        contest_measures.product_line as value_id,
        contest_measures.product_line as value_name,
        contest_measures.contest_id,
        contest_measures.item_number
    from contest_measures
    where contest_measures.is_recent
    union all
    select
        'site' as dimension_code,
        contest_measures.site as value_id,
        contest_measures.site as value_name,
        contest_measures.contest_id,
        contest_measures.item_number
    from contest_measures
    where contest_measures.is_recent
    union all
    select
        'salesperson' as dimension_code,
        contest_measures.salesperson as value_id,
        contest_measures.salesperson as value_name,
        contest_measures.contest_id,
        contest_measures.item_number
    from contest_measures
    where contest_measures.is_recent
    union all
    select
        'month' as dimension_code,
        contest_measures.month_code as value_id,
        contest_measures.month_code as value_name,
        contest_measures.contest_id,
        contest_measures.item_number
    from contest_measures
    where contest_measures.is_recent
),

ranked_contests as (
    select
        valued_contests.dimension_code,
        valued_contests.value_id,
        valued_contests.value_name,
        contest_measures.reason_code,
        contest_measures.contest_code,
        contest_measures.amount,
        contest_measures.amount_days,
        contest_measures.open_amount,
        contest_measures.is_open,
        contest_measures.cycle_days,
        contest_measures.is_settled_meanwhile,
        contest_measures.days_late_added,
        contest_measures.is_ruled,
        contest_measures.is_credited,
        contest_measures.is_repeated,
        cast(
            row_number() over (
                partition by
                    valued_contests.dimension_code,
                    valued_contests.value_id,
                    contest_measures.reason_code
                order by contest_measures.cycle_days nulls last
            ) as bigint
        ) - 1 as cycle_rank,
        count(contest_measures.cycle_days) over (
            partition by
                valued_contests.dimension_code,
                valued_contests.value_id,
                contest_measures.reason_code
        ) - 1 as last_rank
    from valued_contests
    inner join contest_measures
        on valued_contests.contest_id = contest_measures.contest_id
        and valued_contests.item_number = contest_measures.item_number
),

-- a quantile stands at (count − 1) × share: the two ranks around it are mixed, in hundredths
sums as (
    select
        ranked_contests.dimension_code,
        ranked_contests.value_id,
        min(ranked_contests.value_name) as value_name,
        ranked_contests.reason_code,
        count(distinct ranked_contests.contest_code) as dispute_count,
        sum(ranked_contests.amount) as disputed_amount,
        sum(ranked_contests.amount_days) as amount_days,
        sum(ranked_contests.open_amount) as open_amount,
        count(distinct case when ranked_contests.is_open then ranked_contests.contest_code end)
            as open_count,
        count(ranked_contests.cycle_days) as cycle_count,
        count(
            case when ranked_contests.is_settled_meanwhile then ranked_contests.cycle_days end
        ) as settled_count,
        sum(
            case ranked_contests.cycle_rank - ranked_contests.last_rank * 50 / 100
                when 0
                    then ranked_contests.cycle_days * (100 - ranked_contests.last_rank * 50 % 100)
                when 1 then ranked_contests.cycle_days * (ranked_contests.last_rank * 50 % 100)
                else 0
            end
        ) as median_hundredths,
        sum(
            case ranked_contests.cycle_rank - ranked_contests.last_rank * 90 / 100
                when 0
                    then ranked_contests.cycle_days * (100 - ranked_contests.last_rank * 90 % 100)
                when 1 then ranked_contests.cycle_days * (ranked_contests.last_rank * 90 % 100)
                else 0
            end
        ) as p90_hundredths,
        count(distinct case when ranked_contests.is_ruled then ranked_contests.contest_code end)
            as ruled_count,
        count(
            distinct case
                when ranked_contests.is_ruled and ranked_contests.is_credited
                    then ranked_contests.contest_code
            end
        ) as credited_count,
        count(distinct case when ranked_contests.is_repeated then ranked_contests.contest_code end)
            as repeated_count,
        sum(cast(ranked_contests.days_late_added as decimal(38, 6))) as days_late_added,
        count(ranked_contests.days_late_added) as late_count
    from ranked_contests
    group by
        ranked_contests.dimension_code,
        ranked_contests.value_id,
        ranked_contests.reason_code
),

ordered_sums as (
    select
        sums.dimension_code,
        sums.value_id,
        sums.reason_code,
        cast(
            row_number() over (
                partition by sums.dimension_code
                order by sums.amount_days desc, sums.value_id, sums.reason_code
            ) as bigint
        ) as cause_order,
        sum(sums.amount_days) over (
            partition by sums.dimension_code
            order by sums.amount_days desc, sums.value_id, sums.reason_code
            rows between unbounded preceding and current row
        ) as cumulative_days,
        sum(sums.amount_days) over (partition by sums.dimension_code) as total_days
    from sums
),

rates as (
    select max(cost_rates.annual_rate_ratio) as annual_rate_ratio
    from cost_rates
)

select
    sums.dimension_code,
    sums.value_id,
    sums.value_name,
    sums.reason_code,
    coalesce(reasons.process_code, 'unknown') as process_code,
    coalesce(reasons.owner, 'unknown') as owner,
    sums.dispute_count,
    cast(sums.disputed_amount as decimal(21, 3)) as disputed_amount,
    cast(sums.amount_days as decimal(21, 3)) as amount_days,
    money(
        cast(sums.amount_days as decimal(41, 3)) * rates.annual_rate_ratio / 365,
        $decimals
    ) as cash_cost_amount,
    cast(
        cast(sums.amount_days as decimal(50, 8))
        / nullif(cast(ordered_sums.total_days as decimal(27, 3)), 0) as decimal(18, 6)
    ) as share_ratio,
    cast(
        cast(ordered_sums.cumulative_days as decimal(50, 8))
        / nullif(cast(ordered_sums.total_days as decimal(27, 3)), 0) as decimal(18, 6)
    ) as cumulative_ratio,
    case
        when sums.cycle_count > 0
            then cast(cast(sums.median_hundredths as decimal(38, 6)) / 100 as decimal(18, 4))
    end as median_cycle_days,
    case
        when sums.cycle_count > 0
            then cast(cast(sums.p90_hundredths as decimal(38, 6)) / 100 as decimal(18, 4))
    end as p90_cycle_days,
    cast(
        cast(sums.credited_count as decimal(38, 8)) / nullif(sums.ruled_count, 0)
        as decimal(18, 6)
    ) as credited_ratio,
    cast(sums.days_late_added / nullif(sums.late_count, 0) as decimal(18, 4)) as days_late_added,
    cast(
        cast(sums.repeated_count as decimal(38, 8)) / nullif(sums.dispute_count, 0)
        as decimal(18, 6)
    ) as recurrence_ratio,
    -- the row that brings the sum to 80 % is still one of them
    (ordered_sums.cumulative_days - sums.amount_days) * 100 < ordered_sums.total_days * 80
        as is_vital,
    sums.open_count,
    cast(sums.open_amount as decimal(21, 3)) as open_amount,
    ordered_sums.cause_order,
    cast(
        cast(sums.settled_count as decimal(38, 8)) / nullif(sums.cycle_count, 0)
        as decimal(18, 6)
    ) as settled_meanwhile_ratio
from sums
inner join ordered_sums
    on sums.dimension_code = ordered_sums.dimension_code
    and sums.value_id = ordered_sums.value_id
    and sums.reason_code = ordered_sums.reason_code
cross join rates
left join reasons on sums.reason_code = reasons.reason_code
