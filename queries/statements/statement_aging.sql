-- statement_aging: how old the open items of a customer are, or of a group of them.
--
-- grain:   one aging bucket, empty ones included but that of unknown ages
-- key:     bucket_code
-- source:  asked_customers, buckets, item_balances
-- params:  none
-- columns:
--   bucket_code   text   as in aging
--   bucket_order  int    -1 age_unknown, 0 not_due, then by age
--   open_amount   money  sums to closing_amount of statement_balance
--   open_count    int    open items

with bucket_balances as (
    select
        item_balances.bucket_code,
        sum(item_balances.open_amount) as open_amount,
        count(*) as open_count
    from item_balances
    inner join asked_customers
        on item_balances.company_id = asked_customers.company_id
        and item_balances.customer_id = asked_customers.customer_id
    group by item_balances.bucket_code
)

select
    buckets.bucket_code,
    buckets.bucket_order,
    cast(coalesce(bucket_balances.open_amount, 0) as decimal(21, 3)) as open_amount,
    coalesce(bucket_balances.open_count, 0) as open_count
from buckets
left join bucket_balances on buckets.bucket_code = bucket_balances.bucket_code
-- an age that nobody knows is no bucket of a letter unless something stands in it
where buckets.bucket_code <> 'age_unknown' or bucket_balances.open_count > 0
order by buckets.bucket_order
