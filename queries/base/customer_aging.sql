-- customer_aging: how old the open items of each customer are, one column a bucket.
--
-- grain:   one customer with an open item on $as_of, even if the items net to 0
-- key:     company_id, customer_id
-- source:  item_balances, customers
-- params:  none
-- columns:
--   company_id             text   whose receivables they are
--   customer_id            text   who owes
--   customer_name          text   its name, or its identifier where it has none
--   age_unknown_amount     money  bucket age_unknown
--   not_due_amount         money  bucket not_due
--   days_1_30_amount       money  bucket 1-30
--   days_31_60_amount      money  bucket 31-60
--   days_61_90_amount      money  bucket 61-90
--   days_91_plus_amount    money  bucket 91+
--   other_buckets_amount   money  buckets of one's own with other codes: 0 with the built-in set
--   open_amount            money  sum of the buckets
--   gross_overdue_amount   money  debit items past due: what the headline calls overdue

-- A column is a fixed name: with bounds of one's own, copy this query and name them there. Until
-- then `other_buckets_amount` keeps the sum whole.
with bucket_balances as (
    select
        item_balances.company_id,
        item_balances.customer_id,
        item_balances.bucket_code,
        sum(item_balances.open_amount) as open_amount,
        sum(
            case
                when
                    item_balances.is_debit
                    and item_balances.open_amount > 0
                    and item_balances.past_due_days > 0
                    then item_balances.open_amount
                else 0
            end
        ) as gross_overdue_amount
    from item_balances
    group by item_balances.company_id, item_balances.customer_id, item_balances.bucket_code
),

customer_balances as (
    select
        bucket_balances.company_id,
        bucket_balances.customer_id,
        min(customers.name) as customer_name,
        sum(
            case when bucket_balances.bucket_code = 'age_unknown'
                then bucket_balances.open_amount else 0 end
        ) as age_unknown_amount,
        sum(
            case when bucket_balances.bucket_code = 'not_due'
                then bucket_balances.open_amount else 0 end
        ) as not_due_amount,
        sum(
            case when bucket_balances.bucket_code = '1-30'
                then bucket_balances.open_amount else 0 end
        ) as days_1_30_amount,
        sum(
            case when bucket_balances.bucket_code = '31-60'
                then bucket_balances.open_amount else 0 end
        ) as days_31_60_amount,
        sum(
            case when bucket_balances.bucket_code = '61-90'
                then bucket_balances.open_amount else 0 end
        ) as days_61_90_amount,
        sum(
            case when bucket_balances.bucket_code = '91+'
                then bucket_balances.open_amount else 0 end
        ) as days_91_plus_amount,
        sum(bucket_balances.open_amount) as open_amount,
        sum(bucket_balances.gross_overdue_amount) as gross_overdue_amount
    from bucket_balances
    left join customers
        on bucket_balances.company_id = coalesce(customers.company_id, '')
        and bucket_balances.customer_id = customers.customer_id
    group by bucket_balances.company_id, bucket_balances.customer_id
)

select
    customer_balances.company_id,
    customer_balances.customer_id,
    coalesce(customer_balances.customer_name, customer_balances.customer_id) as customer_name,
    cast(customer_balances.age_unknown_amount as decimal(21, 3)) as age_unknown_amount,
    cast(customer_balances.not_due_amount as decimal(21, 3)) as not_due_amount,
    cast(customer_balances.days_1_30_amount as decimal(21, 3)) as days_1_30_amount,
    cast(customer_balances.days_31_60_amount as decimal(21, 3)) as days_31_60_amount,
    cast(customer_balances.days_61_90_amount as decimal(21, 3)) as days_61_90_amount,
    cast(customer_balances.days_91_plus_amount as decimal(21, 3)) as days_91_plus_amount,
    cast(
        customer_balances.open_amount
        - customer_balances.age_unknown_amount
        - customer_balances.not_due_amount
        - customer_balances.days_1_30_amount
        - customer_balances.days_31_60_amount
        - customer_balances.days_61_90_amount
        - customer_balances.days_91_plus_amount as decimal(21, 3)
    ) as other_buckets_amount,
    cast(customer_balances.open_amount as decimal(21, 3)) as open_amount,
    cast(customer_balances.gross_overdue_amount as decimal(21, 3)) as gross_overdue_amount
from customer_balances
