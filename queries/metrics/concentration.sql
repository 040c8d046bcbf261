-- concentration: how much of what is owed hangs on how few customers.
--
-- grain:   one group of the largest debtors, smaller than all of them, and all of them
-- key:     group_code
-- source:  customer_aging
-- params:  none
-- columns:
--   group_code      text   top_1, top_5, top_10, top_20, top_50, all: customers who owe, on balance
--   customer_count  int    customers in the group
--   open_amount     money  their open items, credits included
--   share_ratio     ratio  of what all customers owe who do, on balance
--   overdue_amount  money  their debit items past due, as the headline counts

with debtors as (
    select
        customer_aging.open_amount,
        customer_aging.gross_overdue_amount as overdue_amount,
        cast(
            row_number() over (
                order by
                    customer_aging.open_amount desc,
                    customer_aging.company_id,
                    customer_aging.customer_id
            ) as bigint
        ) as rank_order
    from customer_aging
    where customer_aging.open_amount > 0
),

totals as (
    select
        count(*) as customer_count,
        sum(debtors.open_amount) as open_amount
    from debtors
),

groups as (
    select 'top_1' as group_code, 1 as group_order, 1 as last_rank
    union all
    select 'top_5' as group_code, 2 as group_order, 5 as last_rank
    union all
    select 'top_10' as group_code, 3 as group_order, 10 as last_rank
    union all
    select 'top_20' as group_code, 4 as group_order, 20 as last_rank
    union all
    select 'top_50' as group_code, 5 as group_order, 50 as last_rank
    union all
    select 'all' as group_code, 6 as group_order, totals.customer_count as last_rank
    from totals
),

group_totals as (
    select
        groups.group_code,
        groups.group_order,
        count(debtors.rank_order) as customer_count,
        coalesce(sum(debtors.open_amount), 0) as open_amount,
        coalesce(sum(debtors.overdue_amount), 0) as overdue_amount
    from groups
    cross join totals
    inner join debtors on debtors.rank_order <= groups.last_rank
    where groups.last_rank < totals.customer_count or groups.group_code = 'all'
    group by groups.group_code, groups.group_order
)

select
    group_totals.group_code,
    group_totals.customer_count,
    cast(group_totals.open_amount as decimal(21, 3)) as open_amount,
    cast(
        cast(group_totals.open_amount as decimal(50, 8))
        / cast(totals.open_amount as decimal(27, 3)) as decimal(18, 6)
    ) as share_ratio,
    cast(group_totals.overdue_amount as decimal(21, 3)) as overdue_amount
from group_totals
cross join totals
order by group_totals.group_order
