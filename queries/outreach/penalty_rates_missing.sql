-- penalty_rates_missing: half-years in which claims are late and whose ECB rate nobody gave.
--
-- grain:   one half-year
-- key:     rate_date
-- source:  penalty_spans, chosen_penalties
-- params:  none
-- columns:
--   rate_date       date   1 January or 1 July
--   item_count      int    claims, neither waived nor invoiced, that lack interest for want of it
--   overdue_amount  money  the largest amount of each that was overdue then

with rateless_items as (
    select
        penalty_spans.rate_date,
        penalty_spans.item_number,
        max(penalty_spans.overdue_amount) as overdue_amount
    from penalty_spans
    left join chosen_penalties on penalty_spans.item_number = chosen_penalties.item_number
    where
        penalty_spans.rate_ratio is null
        and coalesce(chosen_penalties.claim_code, '') not in ('waived', 'invoiced')
    group by penalty_spans.rate_date, penalty_spans.item_number
)

select
    rateless_items.rate_date,
    count(*) as item_count,
    cast(sum(rateless_items.overdue_amount) as decimal(21, 3)) as overdue_amount
from rateless_items
group by rateless_items.rate_date
order by rateless_items.rate_date
