-- top_debtors: which customers owe the most, and how much of the whole they carry.
--
-- grain:   one customer whose open items net to more than 0
-- key:     customer_id
-- source:  item_balances, customers
-- params:  none
-- columns:
--   rank_order              int      1 for the largest
--   customer_id             text     who owes
--   customer_name           text     its name, or its identifier where it has none
--   open_amount             money    all its open items, credits included
--   overdue_amount          money    the part due before $as_of, credits included
--   share_ratio             ratio    of what all these customers owe
--   cumulative_ratio        ratio    share of this customer and those before; ends at 1
--   weighted_past_due_days  decimal  of its overdue debit items, by open amount; null if none

with company_customers as (
    select
        item_balances.company_id,
        item_balances.customer_id,
        sum(item_balances.open_amount) as open_amount,
        sum(
            case when item_balances.past_due_days > 0 then item_balances.open_amount else 0 end
        ) as overdue_amount,
        sum(
            case
                when
                    item_balances.is_debit
                    and item_balances.open_amount > 0
                    and item_balances.past_due_days > 0
                    then item_balances.open_amount
            end
        ) as late_amount,
        sum(
            case
                when
                    item_balances.is_debit
                    and item_balances.open_amount > 0
                    and item_balances.past_due_days > 0
                    then cast(
                        item_balances.open_amount * item_balances.past_due_days as decimal(38, 2)
                    )
            end
        ) as late_day_amount
    from item_balances
    group by item_balances.company_id, item_balances.customer_id
),

debtors as (
    select
        company_customers.customer_id,
        min(customers.name) as customer_name,
        sum(company_customers.open_amount) as open_amount,
        sum(company_customers.overdue_amount) as overdue_amount,
        sum(company_customers.late_amount) as late_amount,
        sum(company_customers.late_day_amount) as late_day_amount
    from company_customers
    left join customers
        on company_customers.company_id = coalesce(customers.company_id, '')
        and company_customers.customer_id = customers.customer_id
    group by company_customers.customer_id
    having sum(company_customers.open_amount) > 0
),

ranked_debtors as (
    select
        cast(
            row_number() over (order by debtors.open_amount desc, debtors.customer_id) as bigint
        ) as rank_order,
        debtors.customer_id,
        debtors.customer_name,
        debtors.open_amount,
        debtors.overdue_amount,
        debtors.late_amount,
        debtors.late_day_amount,
        sum(debtors.open_amount) over (
            order by debtors.open_amount desc, debtors.customer_id
            rows between unbounded preceding and current row
        ) as cumulative_amount,
        sum(debtors.open_amount) over () as total_amount
    from debtors
)

select
    ranked_debtors.rank_order,
    ranked_debtors.customer_id,
    coalesce(ranked_debtors.customer_name, ranked_debtors.customer_id) as customer_name,
    cast(ranked_debtors.open_amount as decimal(18, 2)) as open_amount,
    cast(ranked_debtors.overdue_amount as decimal(18, 2)) as overdue_amount,
    cast(
        cast(ranked_debtors.open_amount as decimal(50, 8))
        / cast(ranked_debtors.total_amount as decimal(24, 2)) as decimal(18, 6)
    ) as share_ratio,
    cast(
        cast(ranked_debtors.cumulative_amount as decimal(50, 8))
        / cast(ranked_debtors.total_amount as decimal(24, 2)) as decimal(18, 6)
    ) as cumulative_ratio,
    cast(
        cast(ranked_debtors.late_day_amount as decimal(50, 8))
        / cast(ranked_debtors.late_amount as decimal(24, 2)) as decimal(18, 4)
    ) as weighted_past_due_days
from ranked_debtors
order by ranked_debtors.rank_order
