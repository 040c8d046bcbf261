-- dso_bridge: what the simple days of sales outstanding are made of.
--
-- grain:   one component, and their total
-- key:     component_code
-- source:  simple_dso, receivables_by_day, book_limits
-- params:  $as_of date, $dso_days int
-- columns:
--   component_code  text     not_due, past_due_disputed, past_due_undisputed, total
--   dso_days        decimal  the components sum exactly to the total, which is method simple
--   missing_text    text     what the books lack for it, and which file would bring it

-- Where debit items without a due date are open, a component age_unknown comes first.
-- past_due_undisputed (overdue, credits included, less disputed) carries the rounding of the others
with parts as (
    select
        simple_dso.simple_days,
        simple_dso.best_possible_simple_days as not_due_days,
        receivables_by_day.age_unknown_amount,
        case
            when simple_dso.simple_days is not null then cast(
                cast(receivables_by_day.disputed_past_due_amount * $dso_days as decimal(50, 6))
                / cast(simple_dso.sales_amount as decimal(23, 3)) as decimal(18, 4)
            )
        end as disputed_days,
        case
            when simple_dso.simple_days is not null then cast(
                cast(receivables_by_day.age_unknown_amount * $dso_days as decimal(50, 6))
                / cast(simple_dso.sales_amount as decimal(23, 3)) as decimal(18, 4)
            )
        end as age_unknown_days
    from simple_dso
    inner join receivables_by_day on simple_dso.as_of_date = receivables_by_day.as_of_date
    where simple_dso.as_of_date = $as_of
),

components as (
    select
        0 as component_order,
        'age_unknown' as component_code,
        parts.age_unknown_days as dso_days
    from parts
    where parts.age_unknown_amount <> 0
    union all
    select
        1 as component_order,
        'not_due' as component_code,
        parts.not_due_days as dso_days
    from parts
    union all
    select
        2 as component_order,
        'past_due_disputed' as component_code,
        parts.disputed_days as dso_days
    from parts
    union all
    select
        3 as component_order,
        'past_due_undisputed' as component_code,
        cast(
            parts.simple_days - parts.not_due_days - parts.disputed_days - parts.age_unknown_days
            as decimal(18, 4)
        ) as dso_days
    from parts
    union all
    select
        4 as component_order,
        'total' as component_code,
        parts.simple_days as dso_days
    from parts
)

select
    components.component_code,
    components.dso_days,
    book_limits.missing_text
from components
cross join book_limits
order by components.component_order
