-- list_spans: the times between two lists of open items of a company.
--
-- grain:   one list that has one before it, up to $as_of
-- key:     company_id, by_date
-- source:  item_lists
-- params:  $as_of date
-- columns:
--   company_id  text  whose lists they are; empty where the lake holds none
--   after_date  date  day of the list before
--   by_date     date  day of the list
--   middle_date date  where what happened between them is dated

with days as (
    select
        coalesce(item_lists.company_id, '') as company_id,
        item_lists.list_date
    from item_lists
    where item_lists.list_date <= $as_of
    group by coalesce(item_lists.company_id, ''), item_lists.list_date
),

spans as (
    select
        days.company_id,
        lag(days.list_date) over (
            partition by days.company_id
            order by days.list_date
        ) as after_date,
        days.list_date as by_date
    from days
)

select
    spans.company_id,
    spans.after_date,
    spans.by_date,
    cast(
        cast(
            cast(spans.after_date as int) + (spans.by_date - spans.after_date + 1) / 2 as int
        ) as date
    ) as middle_date
from spans
where spans.after_date is not null
