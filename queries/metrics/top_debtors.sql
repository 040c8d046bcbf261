-- top_debtors: which customers owe the most, and how much of the whole they carry.
--
-- grain:   one customer whose open items net to more than 0
-- key:     company_id, customer_id
-- source:  item_balances, customer_aging, customers
-- params:  none
-- columns:
--   rank_order              int      1 for the largest
--   company_id              text     whose receivables they are
--   customer_id             text     who owes
--   customer_name           text     its name, or its identifier where it has none
--   open_amount             money    all its open items, credits included
--   overdue_amount          money    its debit items past due, as the headline counts
--   share_ratio             ratio    of what all these customers owe
--   cumulative_ratio        ratio    share of this customer and those before; ends at 1
--   weighted_past_due_days  decimal  of its overdue debit items, by open amount; null if none
--   age_unknown_amount      money    its open items by aging bucket, as in aging_by_customer
--   not_due_amount          money    bucket not_due
--   days_1_30_amount        money    bucket 1-30
--   days_31_60_amount       money    bucket 31-60
--   days_61_90_amount       money    bucket 61-90
--   days_91_plus_amount     money    bucket 91+
--   other_buckets_amount    money    buckets of one's own
--   collector_id            text     who follows it, as its file says

with lateness as (
    select
        item_balances.company_id,
        item_balances.customer_id,
        sum(
            case
                when
                    item_balances.is_debit
                    and item_balances.open_amount > 0
                    and item_balances.past_due_days > 0
                    then cast(
                        item_balances.open_amount * item_balances.past_due_days as decimal(38, 3)
                    )
            end
        ) as late_day_amount
    from item_balances
    group by item_balances.company_id, item_balances.customer_id
),

ranked_debtors as (
    select
        cast(
            row_number() over (
                order by
                    customer_aging.open_amount desc,
                    customer_aging.company_id,
                    customer_aging.customer_id
            ) as bigint
        ) as rank_order,
        customer_aging.company_id,
        customer_aging.customer_id,
        sum(customer_aging.open_amount) over (
            order by
                customer_aging.open_amount desc,
                customer_aging.company_id,
                customer_aging.customer_id
            rows between unbounded preceding and current row
        ) as cumulative_amount,
        sum(customer_aging.open_amount) over () as total_amount
    from customer_aging
    where customer_aging.open_amount > 0
)

select
    ranked_debtors.rank_order,
    ranked_debtors.company_id,
    ranked_debtors.customer_id,
    customer_aging.customer_name,
    customer_aging.open_amount,
    customer_aging.gross_overdue_amount as overdue_amount,
    cast(
        cast(customer_aging.open_amount as decimal(50, 8))
        / cast(ranked_debtors.total_amount as decimal(27, 3)) as decimal(18, 6)
    ) as share_ratio,
    cast(
        cast(ranked_debtors.cumulative_amount as decimal(50, 8))
        / cast(ranked_debtors.total_amount as decimal(27, 3)) as decimal(18, 6)
    ) as cumulative_ratio,
    cast(
        cast(lateness.late_day_amount as decimal(50, 8))
        / nullif(cast(customer_aging.gross_overdue_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as weighted_past_due_days,
    customer_aging.age_unknown_amount,
    customer_aging.not_due_amount,
    customer_aging.days_1_30_amount,
    customer_aging.days_31_60_amount,
    customer_aging.days_61_90_amount,
    customer_aging.days_91_plus_amount,
    customer_aging.other_buckets_amount,
    customers.collector_id
from ranked_debtors
inner join customer_aging
    on ranked_debtors.company_id = customer_aging.company_id
    and ranked_debtors.customer_id = customer_aging.customer_id
inner join lateness
    on ranked_debtors.company_id = lateness.company_id
    and ranked_debtors.customer_id = lateness.customer_id
left join customers
    on ranked_debtors.company_id = coalesce(customers.company_id, '')
    and ranked_debtors.customer_id = customers.customer_id
order by ranked_debtors.rank_order
