-- collection_ratios: the share of what could be collected in a month that was.
--
-- grain:   one complete month-end on or before $as_of, from the first posted month on
-- key:     month_number
-- source:  as_of_days, receivables_by_day, sales_by_month, allocated_days, posted_days
-- params:  none
-- columns:
--   month_number    int    the month, counted from year 0 (year × 12 + month − 1)
--   month_end_date  date   its last day
--   cei_book_ratio  ratio  (opening + sales − closing) / (opening + sales − closing not due)
--   cei_cash_ratio  ratio  (receipts allocated − returned receipts) / the same

-- What opens the books is the opening balance of their first month, though posted within it.
-- Both are null where nothing could be collected, a divisor of zero or less, and in the first
-- month of books that open without a balance brought forward: what there was to collect is unknown.
with months as (
    select
        as_of_days.as_of_date as month_end_date,
        as_of_days.month_number,
        as_of_days.is_posted,
        receivables_by_day.open_amount as closing_amount,
        receivables_by_day.not_due_amount,
        lag(receivables_by_day.open_amount, 1, cast(0 as decimal(21, 3))) over (
            order by as_of_days.as_of_date
        ) as opening_amount
    from as_of_days
    inner join receivables_by_day on as_of_days.as_of_date = receivables_by_day.as_of_date
    where as_of_days.is_month_end
),

-- what receipts settled in the month, less what was taken back: a returned receipt takes back its
-- allocations, and is itself set against its receipt
cash_movements as (
    select
        allocated_days.acting_date as movement_date,
        allocated_days.amount as cash_amount
    from allocated_days
    where allocated_days.credit_kind = 'receipt'
    union all
    select
        posted_days.posted_date as movement_date,
        -posted_days.amount as cash_amount
    from posted_days
    where posted_days.kind = 'returned_receipt'
),

month_cash as (
    select
        month_number(cash_movements.movement_date) as month_number,
        sum(cash_movements.cash_amount) as cash_amount
    from cash_movements
    group by month_number
),

month_openings as (
    select
        month_number(posted_days.posted_date) as month_number,
        sum(posted_days.amount) as opening_amount
    from posted_days
    where posted_days.kind = 'opening'
    group by month_number
),

collections as (
    select
        months.month_number,
        months.month_end_date,
        months.is_posted,
        months.month_number = min(case when months.is_posted then months.month_number end) over ()
        and month_openings.opening_amount is null as is_opening_unknown,
        cast(
            months.opening_amount
            + coalesce(month_openings.opening_amount, 0)
            + coalesce(sales_by_month.sales_amount, 0)
            - months.closing_amount as decimal(50, 8)
        ) as collected_amount,
        cast(coalesce(month_cash.cash_amount, 0) as decimal(50, 8)) as cash_amount,
        cast(
            months.opening_amount
            + coalesce(month_openings.opening_amount, 0)
            + coalesce(sales_by_month.sales_amount, 0)
            - months.not_due_amount as decimal(25, 3)
        ) as collectable_amount
    from months
    -- sales issued in the month and posted by its end
    left join sales_by_month
        on months.month_number = sales_by_month.month_number
        and months.month_end_date = sales_by_month.as_of_date
    left join month_cash on months.month_number = month_cash.month_number
    left join month_openings on months.month_number = month_openings.month_number
)

select
    collections.month_number,
    collections.month_end_date,
    cast(
        case
            when collections.collectable_amount > 0 and not collections.is_opening_unknown
                then collections.collected_amount / collections.collectable_amount
        end as decimal(18, 6)
    ) as cei_book_ratio,
    cast(
        case
            when collections.collectable_amount > 0 and not collections.is_opening_unknown
                then collections.cash_amount / collections.collectable_amount
        end as decimal(18, 6)
    ) as cei_cash_ratio
from collections
where collections.is_posted
