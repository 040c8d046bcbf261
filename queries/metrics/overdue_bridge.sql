-- overdue_bridge: how the headline figures of what is overdue lead to those net of credits.
--
-- grain:   one component: the headline, the credits that lower it, what both sum to
-- key:     component_code
-- source:  receivables_by_day, open_by_age
-- params:  $as_of date
-- columns:
--   component_code  text   debit_items: the headline; credits: open credits past their own date;
--                          net: both together, as the aging shows them
--   overdue_amount  money  past due
--   over_60_amount  money  more than 60 days past due
--   over_90_amount  money  more than 90 days past due

with ages as (
    select
        coalesce(sum(case when open_by_age.past_due_days > 60 then open_by_age.debit_amount end), 0)
            as debit_60_amount,
        coalesce(sum(case when open_by_age.past_due_days > 60 then open_by_age.open_amount end), 0)
            as net_60_amount,
        coalesce(sum(case when open_by_age.past_due_days > 90 then open_by_age.debit_amount end), 0)
            as debit_90_amount,
        coalesce(sum(case when open_by_age.past_due_days > 90 then open_by_age.open_amount end), 0)
            as net_90_amount
    from open_by_age
    where open_by_age.as_of_date = $as_of
),

components as (
    select
        1 as component_order,
        'debit_items' as component_code,
        receivables_by_day.gross_overdue_amount as overdue_amount,
        ages.debit_60_amount as over_60_amount,
        ages.debit_90_amount as over_90_amount
    from receivables_by_day
    cross join ages
    where receivables_by_day.as_of_date = $as_of
    union all
    select
        2 as component_order,
        'credits' as component_code,
        receivables_by_day.overdue_amount - receivables_by_day.gross_overdue_amount
            as overdue_amount,
        ages.net_60_amount - ages.debit_60_amount as over_60_amount,
        ages.net_90_amount - ages.debit_90_amount as over_90_amount
    from receivables_by_day
    cross join ages
    where receivables_by_day.as_of_date = $as_of
    union all
    select
        3 as component_order,
        'net' as component_code,
        receivables_by_day.overdue_amount,
        ages.net_60_amount as over_60_amount,
        ages.net_90_amount as over_90_amount
    from receivables_by_day
    cross join ages
    where receivables_by_day.as_of_date = $as_of
)

select
    components.component_code,
    cast(components.overdue_amount as decimal(21, 3)) as overdue_amount,
    cast(components.over_60_amount as decimal(21, 3)) as over_60_amount,
    cast(components.over_90_amount as decimal(21, 3)) as over_90_amount
from components
order by components.component_order
