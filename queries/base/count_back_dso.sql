-- count_back_dso: how many days of sales, counted backwards, the receivables absorb.
--
-- grain:   one as-of day (the months of the history, and $as_of) and balance counted back
-- key:     as_of_date, method_code
-- source:  as_of_days, receivables_by_day, sales_by_month, trade_balance, book_limits
-- params:  $as_of date
-- columns:
--   as_of_date   date     end of that day
--   method_code  text     count_back, best_possible_count_back; on $as_of also count_back_trade
--   dso_days     decimal  days absorbed; 0 without a balance, null without any month of sales
--   is_capped    flag     the history ended before the balance did: the days so far

-- From the as-of day's month backwards: while some balance is left, a month absorbs its sales
-- and adds its days, the last one pro rata; a month without sales adds its days and absorbs
-- nothing.
with counted_days as (
    select
        as_of_days.as_of_date,
        as_of_days.month_number
    from as_of_days
    where as_of_days.is_in_history or as_of_days.as_of_date = $as_of
),

balances as (
    select
        receivables_by_day.as_of_date,
        'count_back' as method_code,
        receivables_by_day.open_amount as balance_amount
    from receivables_by_day
    union all
    select
        receivables_by_day.as_of_date,
        'best_possible_count_back' as method_code,
        receivables_by_day.not_due_amount as balance_amount
    from receivables_by_day
    union all
    select
        trade_balance.as_of_date,
        'count_back_trade' as method_code,
        trade_balance.trade_amount as balance_amount
    from trade_balance
),

-- sales of a month as known on the day, small against small: months × months, never items
known_sales as (
    select
        counted_days.as_of_date,
        sales_by_month.month_number,
        sum(sales_by_month.sales_amount) as sales_amount
    from counted_days
    inner join sales_by_month on sales_by_month.as_of_date <= counted_days.as_of_date
    group by counted_days.as_of_date, sales_by_month.month_number
),

first_months as (
    select
        known_sales.as_of_date,
        min(known_sales.month_number) as first_month_number
    from known_sales
    where known_sales.sales_amount > 0
    group by known_sales.as_of_date
),

-- every month from the day's own back to the first one with sales
calendar_months as (
    select
        counted_days.as_of_date,
        counted_days.month_number as last_month_number,
        unnest(range(first_months.first_month_number, counted_days.month_number + 1))
            as month_number
    from counted_days
    inner join first_months on counted_days.as_of_date = first_months.as_of_date
),

month_sales as (
    select
        calendar_months.as_of_date,
        calendar_months.month_number,
        case
            when calendar_months.month_number = calendar_months.last_month_number
                then cast(date_part('day', calendar_months.as_of_date) as bigint)
            else make_date(
                (calendar_months.month_number + 1) / 12,
                (calendar_months.month_number + 1) % 12 + 1,
                1
            ) - make_date(
                calendar_months.month_number / 12, calendar_months.month_number % 12 + 1, 1
            )
        end as month_days,
        greatest(coalesce(known_sales.sales_amount, 0), 0) as sales_amount
    from calendar_months
    left join known_sales
        on calendar_months.as_of_date = known_sales.as_of_date
        and calendar_months.month_number = known_sales.month_number
),

absorbed_sales as (
    select
        month_sales.as_of_date,
        month_sales.month_days,
        month_sales.sales_amount,
        sum(month_sales.sales_amount) over (
            partition by month_sales.as_of_date
            order by month_sales.month_number desc
            rows between unbounded preceding and current row
        ) as absorbed_amount
    from month_sales
),

-- at most one month is counted pro rata, so that rounding happens once
counted_months as (
    select
        balances.as_of_date,
        balances.method_code,
        case
            when balances.balance_amount
                <= absorbed_sales.absorbed_amount - absorbed_sales.sales_amount
                then cast(0 as decimal(18, 4))
            when balances.balance_amount >= absorbed_sales.absorbed_amount
                then cast(absorbed_sales.month_days as decimal(18, 4))
            else cast(
                cast(
                    (
                        balances.balance_amount
                        - absorbed_sales.absorbed_amount
                        + absorbed_sales.sales_amount
                    ) * absorbed_sales.month_days as decimal(50, 6)
                ) / nullif(cast(absorbed_sales.sales_amount as decimal(33, 3)), 0)
                as decimal(18, 4)
            )
        end as counted_days,
        absorbed_sales.absorbed_amount
    from balances
    inner join absorbed_sales on balances.as_of_date = absorbed_sales.as_of_date
),

counts as (
    select
        counted_months.as_of_date,
        counted_months.method_code,
        sum(counted_months.counted_days) as dso_days,
        max(counted_months.absorbed_amount) as absorbed_amount
    from counted_months
    group by counted_months.as_of_date, counted_months.method_code
)

select
    balances.as_of_date,
    balances.method_code,
    cast(
        case
            when not book_limits.has_history then null
            when balances.balance_amount <= 0 then 0
            else counts.dso_days
        end as decimal(18, 4)
    ) as dso_days,
    book_limits.has_history
    and balances.balance_amount > 0
    and balances.balance_amount > coalesce(counts.absorbed_amount, 0) as is_capped
from balances
cross join book_limits
inner join counted_days on balances.as_of_date = counted_days.as_of_date
left join counts
    on balances.as_of_date = counts.as_of_date and balances.method_code = counts.method_code
order by balances.as_of_date, balances.method_code
