-- control_differences: where open items and control accounts do not agree on the as-of day.
--
-- grain:   one company, account and customer (none: the account as a whole) that differ
-- key:     company_id, account, customer_id
-- source:  control_balances, item_balances
-- params:  $as_of date
-- columns:
--   company_id         text   empty where the lake holds none
--   account            text   receivable account; null for items without one
--   customer_id        text   null where the comparison is by account
--   open_amount        money  open items
--   control_amount     money  balance of the control account
--   difference_amount  money  open − control

with known_balances as (
    select
        coalesce(control_balances.company_id, '') as company_id,
        control_balances.account,
        control_balances.customer_id,
        control_balances.balance_amount,
        row_number() over (
            partition by
                control_balances.company_id,
                control_balances.account,
                control_balances.customer_id
            order by control_balances.balance_date desc
        ) as age_rank
    from control_balances
    where control_balances.balance_date <= $as_of
),

-- one balance without a customer makes the whole account comparable by account only
account_levels as (
    select
        known_balances.company_id,
        known_balances.account,
        count(*) > count(known_balances.customer_id) as is_by_account
    from known_balances
    group by known_balances.company_id, known_balances.account
),

controlled_companies as (
    select distinct known_balances.company_id
    from known_balances
),

-- both sides, to be summed together: a place known to one of them only is a difference too
sides as (
    select
        known_balances.company_id,
        known_balances.account,
        case when not account_levels.is_by_account then known_balances.customer_id end
            as customer_id,
        cast(0 as decimal(18, 2)) as open_amount,
        known_balances.balance_amount as control_amount
    from known_balances
    inner join account_levels
        on known_balances.company_id = account_levels.company_id
        and known_balances.account = account_levels.account
    where known_balances.age_rank = 1
    union all
    select
        item_balances.company_id,
        item_balances.account,
        case
            when not coalesce(account_levels.is_by_account, false) then item_balances.customer_id
        end as customer_id,
        item_balances.open_amount,
        cast(0 as decimal(18, 2)) as control_amount
    from item_balances
    inner join controlled_companies on item_balances.company_id = controlled_companies.company_id
    left join account_levels
        on item_balances.company_id = account_levels.company_id
        and item_balances.account = account_levels.account
),

totals as (
    select
        sides.company_id,
        sides.account,
        sides.customer_id,
        sum(sides.open_amount) as open_amount,
        sum(sides.control_amount) as control_amount
    from sides
    group by sides.company_id, sides.account, sides.customer_id
)

select
    totals.company_id,
    totals.account,
    totals.customer_id,
    cast(totals.open_amount as decimal(18, 2)) as open_amount,
    cast(totals.control_amount as decimal(18, 2)) as control_amount,
    cast(totals.open_amount - totals.control_amount as decimal(18, 2)) as difference_amount
from totals
where totals.open_amount <> totals.control_amount
