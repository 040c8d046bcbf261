-- cash_position: what is in the bank week by week, from what is there and what is to be paid out.
--
-- grain:   one week after $as_of, where a balance is known
-- key:     week_order
-- source:  week_forecasts, known_statements, item_days, cash_balances, disbursements, known_items
-- params:  $as_of date, $currency text
-- columns:
--   week_order          int    1 for the week that begins the day after $as_of
--   week_start_date     date   its first day
--   week_end_date       date   its Sunday
--   opening_amount      money  in the bank when it begins
--   mean_amount         money  receipts from customers, on average: these add up
--   disbursed_amount    money  what is to be paid out in it, below zero
--   closing_amount      money  opening + receipts + disbursed
--   closing_p10_amount  money  nine times in ten more is there
--   closing_p90_amount  money  nine times in ten less
--   is_short            flag   one chance in ten or more that less than nothing is there
--   balance_date        date   the day of the balance it starts from, the oldest of all companies

-- a line without a company is of all of them
with companies as (
    select known_items.company_id
    from known_items
    group by known_items.company_id
    union
    select '' as company_id
),

-- where nobody names the currency of the books, it is the one whose items need no rate
own_currencies as (
    select item_days.currency_code
    from item_days
    group by item_days.currency_code
    having
        count(item_days.base_amount) = count(*)
        and sum(item_days.base_amount) = sum(item_days.amount)
),

-- the last statement of each account in the currency of the answer
statements as (
    select
        known_statements.company_id,
        known_statements.closing_date,
        known_statements.closing_amount,
        row_number() over (
            partition by known_statements.company_id, known_statements.account_iban
            order by
                known_statements.closing_date desc,
                known_statements.opening_date desc,
                known_statements.statement_order desc,
                known_statements.statement_id desc
        ) as latest_order
    from known_statements
    left join own_currencies
        on known_statements.currency_code = own_currencies.currency_code
    where known_statements.currency_code = coalesce($currency, own_currencies.currency_code)
),

stated as (
    select
        statements.company_id,
        min(statements.closing_date) as balance_date,
        sum(statements.closing_amount) as balance_amount
    from statements
    where statements.latest_order = 1
    group by statements.company_id
),

-- what a bank states comes before what was noted
balances as (
    select
        companies.company_id,
        cash_balances.balance_date,
        sum(cash_balances.balance_amount) as balance_amount
    from cash_balances
    inner join companies on coalesce(cash_balances.company_id, '') = companies.company_id
    left anti join stated on companies.company_id = stated.company_id
    where
        cash_balances.balance_date <= $as_of
        and (cash_balances.company_id is not null or (select count(*) from stated) = 0)
    group by companies.company_id, cash_balances.balance_date
    union all
    select
        stated.company_id,
        stated.balance_date,
        stated.balance_amount
    from stated
),

latest_days as (
    select
        balances.company_id,
        max(balances.balance_date) as balance_date
    from balances
    group by balances.company_id
),

cash as (
    select
        min(balances.balance_date) as balance_date,
        sum(balances.balance_amount) as balance_amount
    from balances
    inner join latest_days
        on balances.company_id = latest_days.company_id
        and balances.balance_date = latest_days.balance_date
    having count(*) > 0
),

payments as (
    select
        disbursements.disbursement_date,
        sum(disbursements.disbursement_amount) as disbursement_amount
    from disbursements
    inner join companies on coalesce(disbursements.company_id, '') = companies.company_id
    where disbursements.disbursement_date > $as_of
    group by disbursements.disbursement_date
),

weeks as (
    select
        week_forecasts.week_order,
        week_forecasts.week_start_date,
        week_forecasts.week_end_date,
        week_forecasts.mean_amount,
        week_forecasts.cumulative_p10_amount,
        week_forecasts.cumulative_p90_amount,
        coalesce(sum(payments.disbursement_amount), 0) as disbursement_amount
    from week_forecasts
    left join payments
        on payments.disbursement_date >= week_forecasts.week_start_date
        and payments.disbursement_date <= week_forecasts.week_end_date
    where week_forecasts.dimension_code = 'total' and not week_forecasts.is_beyond
    group by
        week_forecasts.week_order,
        week_forecasts.week_start_date,
        week_forecasts.week_end_date,
        week_forecasts.mean_amount,
        week_forecasts.cumulative_p10_amount,
        week_forecasts.cumulative_p90_amount
),

added_up as (
    select
        weeks.week_order,
        weeks.week_start_date,
        weeks.week_end_date,
        weeks.mean_amount,
        weeks.cumulative_p10_amount,
        weeks.cumulative_p90_amount,
        weeks.disbursement_amount,
        sum(weeks.mean_amount) over (order by weeks.week_order) as cumulative_mean_amount,
        sum(weeks.disbursement_amount) over (order by weeks.week_order)
            as cumulative_disbursement_amount
    from weeks
)

select
    added_up.week_order,
    added_up.week_start_date,
    added_up.week_end_date,
    cast(
        cash.balance_amount
        + added_up.cumulative_mean_amount - added_up.mean_amount
        - added_up.cumulative_disbursement_amount + added_up.disbursement_amount
        as decimal(21, 3)
    ) as opening_amount,
    added_up.mean_amount,
    cast(-added_up.disbursement_amount as decimal(21, 3)) as disbursed_amount,
    cast(
        cash.balance_amount
        + added_up.cumulative_mean_amount - added_up.cumulative_disbursement_amount
        as decimal(21, 3)
    ) as closing_amount,
    cast(
        cash.balance_amount
        + added_up.cumulative_p10_amount - added_up.cumulative_disbursement_amount
        as decimal(21, 3)
    ) as closing_p10_amount,
    cast(
        cash.balance_amount
        + added_up.cumulative_p90_amount - added_up.cumulative_disbursement_amount
        as decimal(21, 3)
    ) as closing_p90_amount,
    cash.balance_amount
    + added_up.cumulative_p10_amount - added_up.cumulative_disbursement_amount < 0 as is_short,
    cash.balance_date
from added_up
cross join cash
order by week_order
