-- payer_segments_count: how many customers each segment holds, and what they owe.
--
-- grain:   one segment with a customer
-- key:     segment_code
-- source:  payers, segments
-- params:  none
-- columns:
--   segment_code       text     what customers are treated as
--   customer_count     int      how many
--   open_amount        money    what they owe, credits included
--   overdue_amount     money    of it, past due
--   share_ratio        ratio    their share of what all owe
--   at_risk_late_days  decimal  their days late by amount billed; null where nothing tells
--   action_code        text     what is done

with segment_orders as (
    select
        segments.segment_code,
        min(segments.rule_order) as rule_order,
        min(segments.action_code) as action_code
    from segments
    group by segments.segment_code
),

sums as (
    select
        payers.segment_code,
        count(*) as customer_count,
        sum(payers.open_amount) as open_amount,
        sum(payers.overdue_amount) as overdue_amount,
        sum(
            cast(payers.at_risk_late_days * payers.billed_amount as decimal(38, 6))
        ) as late_day_amount,
        sum(
            case when payers.at_risk_late_days is not null then payers.billed_amount end
        ) as late_base_amount
    from payers
    group by payers.segment_code
),

totals as (
    select sum(sums.open_amount) as open_amount
    from sums
)

select
    sums.segment_code,
    sums.customer_count,
    cast(sums.open_amount as decimal(21, 3)) as open_amount,
    cast(sums.overdue_amount as decimal(21, 3)) as overdue_amount,
    cast(
        cast(sums.open_amount as decimal(50, 10))
        / nullif(cast(totals.open_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as share_ratio,
    cast(
        cast(sums.late_day_amount as decimal(50, 8))
        / nullif(cast(sums.late_base_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as at_risk_late_days,
    segment_orders.action_code
from sums
cross join totals
left join segment_orders on sums.segment_code = segment_orders.segment_code
order by segment_orders.rule_order nulls last, segment_code
