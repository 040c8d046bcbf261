-- simple_dso: receivables in days of the sales of a window ($dso_days, 90), on each as-of day.
--
-- grain:   one as-of day: the months of the history, and $as_of
-- key:     as_of_date
-- source:  as_of_days, posted_days, book_limits, receivables_by_day
-- params:  $as_of date, $dso_days int
-- columns:
--   as_of_date                 date     end of that day
--   sales_amount               money    sales issued in the window that ends on it, posted by then
--   simple_days                decimal  open / sales × window; null without so much history
--   best_possible_simple_days  decimal  the same for what is not due
--   delinquent_days            decimal  the same for what is past due

-- history starts with the first posting of any kind: a ledger that is silent knows no sales
with history as (
    select min(posted_days.posted_date) as first_date
    from posted_days
),

-- an item joins the window's sales once issued and posted, and leaves them a window after issue
sales_items as (
    select
        posted_days.issued_date,
        posted_days.posted_date,
        posted_days.amount,
        posted_days.issued_date
        + cast(concat(cast($dso_days as text), ' days') as interval) as left_date
    from posted_days
    cross join book_limits
    where posted_days.kind in ('invoice', 'credit_note') and book_limits.has_history
),

sales_steps as (
    select
        greatest(sales_items.issued_date, sales_items.posted_date) as step_date,
        sales_items.amount as change_amount
    from sales_items
    where sales_items.posted_date < sales_items.left_date
    union all
    select
        sales_items.left_date as step_date,
        -sales_items.amount as change_amount
    from sales_items
    where sales_items.posted_date < sales_items.left_date
),

sales_changes as (
    select
        least(last_day(sales_steps.step_date), $as_of) as as_of_date,
        sum(sales_steps.change_amount) as change_amount
    from sales_steps
    where sales_steps.step_date <= $as_of
    group by as_of_date
),

window_sales as (
    select
        as_of_days.as_of_date,
        as_of_days.is_in_history,
        sum(coalesce(sales_changes.change_amount, 0)) over (
            order by as_of_days.as_of_date
            rows between unbounded preceding and current row
        ) as sales_amount
    from as_of_days
    left join sales_changes on as_of_days.as_of_date = sales_changes.as_of_date
),

-- what a balance is divided by: null where the quotient would mean nothing
divisors as (
    select
        window_sales.as_of_date,
        window_sales.sales_amount,
        case
            when
                window_sales.sales_amount > 0
                and window_sales.as_of_date - history.first_date + 1 >= $dso_days
                then cast(window_sales.sales_amount as decimal(23, 3))
        end as divisor_amount
    from window_sales
    cross join history
    where window_sales.is_in_history or window_sales.as_of_date = $as_of
)

select
    divisors.as_of_date,
    cast(divisors.sales_amount as decimal(21, 3)) as sales_amount,
    cast(
        cast(receivables_by_day.open_amount * $dso_days as decimal(50, 6))
        / divisors.divisor_amount
        as decimal(18, 4)
    ) as simple_days,
    cast(
        cast(receivables_by_day.not_due_amount * $dso_days as decimal(50, 6))
        / divisors.divisor_amount
        as decimal(18, 4)
    ) as best_possible_simple_days,
    cast(
        cast(receivables_by_day.overdue_amount * $dso_days as decimal(50, 6))
        / divisors.divisor_amount
        as decimal(18, 4)
    ) as delinquent_days
from divisors
inner join receivables_by_day on divisors.as_of_date = receivables_by_day.as_of_date
order by divisors.as_of_date
