-- payer_bounds: each day told by the next day that counts for a picture of the payers.
--
-- grain:   one day from the first window_date of payer_days to $as_of
-- key:     day_date
-- source:  payer_days
-- params:  $as_of date
-- columns:
--   day_date    date  the day; what came before the first stands on the first
--   bound_date  date  the first window_date or picture_date on or after it

-- Pictures ask whether a day is after a window_date, or on or before a picture_date: its bound
-- answers as the day does, and sums by bounds are few.
with bounds as (
    select payer_days.picture_date as bound_date
    from payer_days
    union
    select payer_days.window_date as bound_date
    from payer_days
),

days as (
    select
        cast(
            unnest(range(cast(min(bounds.bound_date) as int), cast($as_of as int) + 1)) as int
        ) as day_number
    from bounds
)

select
    cast(days.day_number as date) as day_date,
    min(bounds.bound_date) as bound_date
from days
inner join bounds on cast(bounds.bound_date as int) >= days.day_number
group by days.day_number
