-- disputes_by_owner: how much waits for whom, and since when.
--
-- grain:   one owner of a reason with a contest that holds on $as_of and something still open
-- key:     owner
-- source:  contest_measures, reasons, cost_rates
-- params:  $decimals int
-- columns:
--   owner              text     who can remove it; `unknown` where the reason is none of ours
--   dispute_count      int      contests; a dispute of several items is one
--   disputed_amount    money    what is still contested and open
--   share_ratio        ratio    of all owners
--   mean_age_days      decimal  from told to $as_of, each contest and item once
--   oldest_date        date     the day the oldest one was told
--   cash_cost_amount   money    what is contested × its days so far × annual rate / 365

with sums as (
    select
        coalesce(reasons.owner, 'unknown') as owner,
        count(distinct contest_measures.contest_code) as dispute_count,
        count(*) as item_count,
        sum(contest_measures.open_amount) as disputed_amount,
        sum(contest_measures.age_days) as age_days,
        min(contest_measures.from_date) as oldest_date,
        sum(cast(contest_measures.open_amount * contest_measures.age_days as decimal(38, 3)))
            as amount_days
    from contest_measures
    left join reasons on contest_measures.reason_code = reasons.reason_code
    where contest_measures.is_open
    group by coalesce(reasons.owner, 'unknown')
),

rates as (
    select max(cost_rates.annual_rate_ratio) as annual_rate_ratio
    from cost_rates
)

select
    sums.owner,
    sums.dispute_count,
    cast(sums.disputed_amount as decimal(21, 3)) as disputed_amount,
    cast(
        cast(sums.disputed_amount as decimal(50, 8))
        / nullif(cast(sum(sums.disputed_amount) over () as decimal(27, 3)), 0) as decimal(18, 6)
    ) as share_ratio,
    cast(cast(sums.age_days as decimal(38, 6)) / sums.item_count as decimal(18, 4))
        as mean_age_days,
    sums.oldest_date,
    money(
        cast(sums.amount_days as decimal(41, 3)) * rates.annual_rate_ratio / 365,
        $decimals
    ) as cash_cost_amount
from sums
cross join rates
order by disputed_amount desc, sums.owner
