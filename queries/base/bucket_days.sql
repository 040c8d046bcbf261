-- bucket_days: the aging bucket of each number of days past due.
--
-- grain:   one number of days past due, from 0 to the lower bound of the last bucket
-- key:     past_due_days
-- source:  buckets
-- params:  none
-- columns:
--   past_due_days      int   0 stands for everything not due, the largest for all beyond
--   last_days          int   the largest past_due_days of this table, on every row
--   bucket_code        text  the bucket that holds the day
--   bucket_order       int   0 not due, then 1, 2… by age

-- A table of days makes the search of a bucket an equality, which a hash join answers; a join
-- on bounds would compare every item with every bucket. A bucket runs to the day before the
-- next one's first day, so that bounds of one's own leave no gap and no overlap.
with lower_bounds as (
    select
        buckets.bucket_code,
        buckets.bucket_order,
        coalesce(buckets.first_days, 0) as first_days,
        lead(buckets.first_days) over (order by buckets.bucket_order) as next_first_days,
        max(buckets.first_days) over () as last_days
    from buckets
    where buckets.bucket_order >= 0
),

days as (
    select
        lower_bounds.bucket_code,
        lower_bounds.bucket_order,
        lower_bounds.last_days,
        unnest(range(
            lower_bounds.first_days,
            coalesce(lower_bounds.next_first_days, lower_bounds.first_days + 1)
        )) as past_due_days
    from lower_bounds
)

select
    days.past_due_days,
    days.last_days,
    days.bucket_code,
    days.bucket_order
from days
order by days.past_due_days
