-- aging_history: how old the open items were at each month-end.
--
-- grain:   one of the last $months month-ends on or before $as_of and aging bucket, empty ones too
-- key:     month_end_date, bucket_code
-- source:  as_of_days, buckets, open_by_age, bucket_days, book_limits, item_lists
-- params:  $as_of date
-- columns:
--   month_end_date  date   end of that day
--   bucket_code     text   as in aging
--   bucket_order    int    -1 age_unknown, 0 not_due, then by age
--   open_amount     money  sums to the open amount of receivables_history
--   open_count      int    open items

with last_bucket as (
    select max(bucket_days.last_days) as last_days
    from bucket_days
),

bucket_balances as (
    select
        open_by_age.as_of_date,
        coalesce(bucket_days.bucket_code, 'age_unknown') as bucket_code,
        sum(open_by_age.open_amount) as open_amount,
        sum(open_by_age.open_count) as open_count
    from open_by_age
    cross join last_bucket
    left join bucket_days
        on open_by_age.past_due_days is not null
        and bucket_days.past_due_days = least(open_by_age.past_due_days, last_bucket.last_days)
    group by open_by_age.as_of_date, bucket_days.bucket_code
),

list_days as (
    select item_lists.list_date
    from item_lists
    group by item_lists.list_date
)

select
    as_of_days.as_of_date as month_end_date,
    buckets.bucket_code,
    buckets.bucket_order,
    cast(coalesce(bucket_balances.open_amount, 0) as decimal(21, 3)) as open_amount,
    cast(coalesce(bucket_balances.open_count, 0) as bigint) as open_count
from as_of_days
cross join buckets
cross join book_limits
left join list_days on as_of_days.as_of_date = list_days.list_date
left join bucket_balances
    on as_of_days.as_of_date = bucket_balances.as_of_date
    and buckets.bucket_code = bucket_balances.bucket_code
where
    as_of_days.is_in_history
    -- of lists of open items only their own days are known
    and (
        book_limits.has_history
        or as_of_days.as_of_date = $as_of
        or list_days.list_date is not null
    )
order by as_of_days.as_of_date, buckets.bucket_order
