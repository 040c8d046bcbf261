-- dso: days of sales outstanding, by each of the methods that bear the name.
--
-- grain:   one method
-- key:     method_code
-- source:  simple_dso, count_back_dso, item_balances, sales_by_month, book_limits
-- params:  $as_of date
-- columns:
--   method_code  text     simple, count_back, best_possible_…, delinquent, true, count_back_trade
--   dso_days     decimal  null where sales are zero or less, or history is too short
--   is_capped    flag     history ended first (count_back…); a month was left out (true)
--   missing_text text     what the books lack for it, and which file would bring it

-- true: each open invoice's own age, weighted by the share of its month's sales still open
with open_months as (
    select
        month_number(item_balances.issued_date) as month_number,
        sum(item_balances.open_amount * ($as_of - item_balances.issued_date)) as open_day_amount
    from item_balances
    where
        item_balances.kind = 'invoice'
        and item_balances.is_debit
        and item_balances.open_amount > 0
        and item_balances.issued_date <= $as_of
    group by month_number
),

month_sales as (
    select
        sales_by_month.month_number,
        sum(sales_by_month.sales_amount) as sales_amount
    from sales_by_month
    group by sales_by_month.month_number
),

invoice_ages as (
    select
        count(*) as month_count,
        count(case when month_sales.sales_amount > 0 then 1 end) as counted_count,
        sum(
            case
                when month_sales.sales_amount > 0
                    then cast(open_months.open_day_amount as decimal(50, 10))
                    / cast(month_sales.sales_amount as decimal(23, 3))
            end
        ) as dso_days
    from open_months
    left join month_sales on open_months.month_number = month_sales.month_number
),

methods as (
    select
        1 as method_order,
        'simple' as method_code,
        simple_dso.simple_days as dso_days,
        false as is_capped
    from simple_dso
    where simple_dso.as_of_date = $as_of
    union all
    select
        3 as method_order,
        'best_possible_simple' as method_code,
        simple_dso.best_possible_simple_days as dso_days,
        false as is_capped
    from simple_dso
    where simple_dso.as_of_date = $as_of
    union all
    select
        5 as method_order,
        'delinquent' as method_code,
        simple_dso.delinquent_days as dso_days,
        false as is_capped
    from simple_dso
    where simple_dso.as_of_date = $as_of
    union all
    select
        6 as method_order,
        'true' as method_code,
        cast(
            case
                when not book_limits.has_history then null
                when invoice_ages.month_count = 0 then 0
                else invoice_ages.dso_days
            end as decimal(18, 4)
        ) as dso_days,
        book_limits.has_history and invoice_ages.counted_count < invoice_ages.month_count
            as is_capped
    from invoice_ages
    cross join book_limits
    union all
    select
        case count_back_dso.method_code
            when 'count_back' then 2
            when 'best_possible_count_back' then 4
            else 7
        end as method_order,
        count_back_dso.method_code,
        count_back_dso.dso_days,
        count_back_dso.is_capped
    from count_back_dso
    where count_back_dso.as_of_date = $as_of
)

select
    methods.method_code,
    methods.dso_days,
    methods.is_capped,
    book_limits.missing_text
from methods
cross join book_limits
order by methods.method_order
