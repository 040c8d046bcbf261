-- credit_limit_sums: how much customers owe beyond their credit limits.
--
-- grain:   one row
-- key:     limited_count
-- source:  customers, credit_limits
-- params:  none
-- columns:
--   limited_count      int    customers that have a limit
--   over_limit_count   int    of these, above it; null where nobody has one
--   over_limit_amount  money  what they owe beyond it; null where nobody has one

with limited as (
    select count(customers.credit_limit_amount) as limited_count
    from customers
),

exceeded as (
    select
        count(*) as over_limit_count,
        coalesce(sum(credit_limits.over_limit_amount), 0) as over_limit_amount
    from credit_limits
)

select
    limited.limited_count,
    case when limited.limited_count > 0 then exceeded.over_limit_count end as over_limit_count,
    case
        when limited.limited_count > 0
            then cast(exceeded.over_limit_amount as decimal(21, 3))
    end as over_limit_amount
from limited
cross join exceeded
order by limited.limited_count
