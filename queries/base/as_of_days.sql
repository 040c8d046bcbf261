-- as_of_days: the days on which a picture is taken: every month-end up to the as-of day, and it.
--
-- grain:   one day
-- key:     as_of_date
-- source:  posted_days, book_limits
-- params:  $as_of date, $months int
-- columns:
--   as_of_date     date  end of that day
--   month_number   int   its month, counted from year 0 (year × 12 + month − 1)
--   is_month_end   flag  the last day of its month
--   is_in_history  flag  one of the last $months month-ends on or before $as_of
--   is_posted      flag  a month-end on or after the first posted date, of books with a history

with bounds as (
    select
        min(month_number(posted_days.posted_date)) as first_month_number,
        -- the month that holds the day after $as_of is the first one not complete
        month_number(cast($as_of + interval '1 day' as date)) as current_month_number
    from posted_days
),

months as (
    select
        bounds.first_month_number,
        bounds.current_month_number,
        unnest(range(
            least(
                coalesce(bounds.first_month_number, bounds.current_month_number),
                bounds.current_month_number - $months
            ),
            bounds.current_month_number
        )) as month_number
    from bounds
),

days as (
    select
        cast(
            make_date((months.month_number + 1) / 12, (months.month_number + 1) % 12 + 1, 1)
            - interval '1 day' as date
        ) as as_of_date,
        months.month_number,
        true as is_month_end,
        months.month_number >= months.current_month_number - $months as is_in_history,
        coalesce(months.month_number >= months.first_month_number, false)
        and book_limits.has_history as is_posted
    from months
    cross join book_limits
    union all
    select
        $as_of as as_of_date,
        bounds.current_month_number as month_number,
        false as is_month_end,
        false as is_in_history,
        false as is_posted
    from bounds
    where date_part('day', $as_of + interval '1 day') <> 1
)

select
    days.as_of_date,
    days.month_number,
    days.is_month_end,
    days.is_in_history,
    days.is_posted
from days
order by days.as_of_date
