-- control_differences: where open items and control accounts do not agree on the as-of day.
--
-- grain:   one company, account and customer (none: the account as a whole) that differ
-- key:     company_id, account, customer_id
-- source:  control_balances, item_balances, exchange_differences
-- params:  $as_of date
-- columns:
--   company_id         text   empty where the lake holds none
--   account            text   receivable account; null where items bear none: compared in total
--   customer_id        text   null where the comparison is by account
--   open_amount        money  open items
--   control_amount     money  balance of the control account
--   difference_amount  money  open − control
--   exchange_amount    money  the part of it that exchange rates explain; 0 without

-- A list whose items bear no account is compared with the sum of its accounts.
with bearings as (
    select
        item_balances.company_id,
        count(item_balances.account) = 0 as is_without_accounts
    from item_balances
    group by item_balances.company_id
),

ranked_balances as (
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

known_balances as (
    select
        ranked_balances.company_id,
        case when bearings.is_without_accounts then '' else ranked_balances.account end as account,
        ranked_balances.customer_id,
        ranked_balances.balance_amount
    from ranked_balances
    left join bearings on ranked_balances.company_id = bearings.company_id
    where ranked_balances.age_rank = 1
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
        cast(0 as decimal(21, 3)) as open_amount,
        known_balances.balance_amount as control_amount
    from known_balances
    inner join account_levels
        on known_balances.company_id = account_levels.company_id
        and known_balances.account = account_levels.account
    union all
    select
        item_balances.company_id,
        coalesce(item_balances.account, '') as account,
        case
            when not coalesce(account_levels.is_by_account, false) then item_balances.customer_id
        end as customer_id,
        item_balances.open_amount,
        cast(0 as decimal(21, 3)) as control_amount
    from item_balances
    inner join controlled_companies on item_balances.company_id = controlled_companies.company_id
    left join account_levels
        on item_balances.company_id = account_levels.company_id
        and coalesce(item_balances.account, '') = account_levels.account
),

exchanges as (
    select
        exchange_differences.company_id,
        coalesce(exchange_differences.account, '') as account,
        case
            when not coalesce(account_levels.is_by_account, false)
                then exchange_differences.customer_id
        end as customer_id,
        sum(exchange_differences.exchange_amount) as exchange_amount
    from exchange_differences
    left join account_levels
        on exchange_differences.company_id = account_levels.company_id
        and coalesce(exchange_differences.account, '') = account_levels.account
    group by
        exchange_differences.company_id,
        coalesce(exchange_differences.account, ''),
        case
            when not coalesce(account_levels.is_by_account, false)
                then exchange_differences.customer_id
        end
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
    nullif(totals.account, '') as account,
    totals.customer_id,
    cast(totals.open_amount as decimal(21, 3)) as open_amount,
    cast(totals.control_amount as decimal(21, 3)) as control_amount,
    cast(totals.open_amount - totals.control_amount as decimal(21, 3)) as difference_amount,
    cast(coalesce(exchanges.exchange_amount, 0) as decimal(21, 3)) as exchange_amount
from totals
left join exchanges
    on totals.company_id = exchanges.company_id
    and totals.account = exchanges.account
    and coalesce(totals.customer_id, '') = coalesce(exchanges.customer_id, '')
where totals.open_amount <> totals.control_amount
