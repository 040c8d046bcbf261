-- aging: how old the open items are.
--
-- grain:   one aging bucket, empty ones included
-- key:     bucket_code
-- source:  buckets, item_balances
-- params:  none
-- columns:
--   bucket_code   text   not_due is due on $as_of or later; 1-30 holds days 1 to 30 past due
--   bucket_order  int    -1 age_unknown, 0 not_due, then by age
--   open_amount   money  credits on their own date; sums to the open amount of receivables
--   open_count    int    open items

with bucket_balances as (
    select
        item_balances.bucket_code,
        sum(item_balances.open_amount) as open_amount,
        count(*) as open_count
    from item_balances
    group by item_balances.bucket_code
)

select
    buckets.bucket_code,
    buckets.bucket_order,
    cast(coalesce(bucket_balances.open_amount, 0) as decimal(21, 3)) as open_amount,
    coalesce(bucket_balances.open_count, 0) as open_count
from buckets
left join bucket_balances on buckets.bucket_code = bucket_balances.bucket_code
order by buckets.bucket_order
