-- payer_days: the days at whose end the payers are looked at.
--
-- grain:   one day
-- key:     picture_date
-- source:  as_of_days
-- params:  $as_of date, $today_only flag
-- columns:
--   picture_date         date  end of that day
--   window_date          date  12 months before: what came after it counts
--   recent_date          date  3 months before: what came after it is recent
--   is_as_of             flag  the as-of day
--   is_3_months_ago      flag  3 calendar months before it
--   is_12_months_ago     flag  12 calendar months before it
--   is_month_end         flag  one of the last 13 month-ends, or as many as are asked
--   previous_month_date  date  the month-end before; null on other days and on the first

with month_ends as (
    select
        as_of_days.as_of_date as picture_date,
        row_number() over (order by as_of_days.as_of_date desc) as day_order
    from as_of_days
    where as_of_days.is_month_end and as_of_days.is_in_history and not $today_only
    qualify day_order <= 13
),

days as (
    select
        cast($as_of as date) as picture_date,
        true as is_as_of,
        false as is_3_months_ago,
        false as is_12_months_ago,
        false as is_month_end
    union all
    select
        cast($as_of - interval '3 months' as date) as picture_date,
        false as is_as_of,
        true as is_3_months_ago,
        false as is_12_months_ago,
        false as is_month_end
    where not $today_only
    union all
    select
        cast($as_of - interval '12 months' as date) as picture_date,
        false as is_as_of,
        false as is_3_months_ago,
        true as is_12_months_ago,
        false as is_month_end
    where not $today_only
    union all
    select
        month_ends.picture_date,
        false as is_as_of,
        false as is_3_months_ago,
        false as is_12_months_ago,
        true as is_month_end
    from month_ends
),

pictures as (
    select
        days.picture_date,
        bool_or(days.is_as_of) as is_as_of,
        bool_or(days.is_3_months_ago) as is_3_months_ago,
        bool_or(days.is_12_months_ago) as is_12_months_ago,
        bool_or(days.is_month_end) as is_month_end
    from days
    group by days.picture_date
)

select
    pictures.picture_date,
    cast(pictures.picture_date - interval '12 months' as date) as window_date,
    cast(pictures.picture_date - interval '3 months' as date) as recent_date,
    pictures.is_as_of,
    pictures.is_3_months_ago,
    pictures.is_12_months_ago,
    pictures.is_month_end,
    case
        when pictures.is_month_end
            then lag(pictures.picture_date) over (
                partition by pictures.is_month_end order by pictures.picture_date
            )
    end as previous_month_date
from pictures
