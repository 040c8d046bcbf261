-- key_figures: the figures of a month's first glance, on $as_of and at the month-ends before.
--
-- grain:   one as-of day: $as_of, and the last $months month-ends on or before it
-- key:     as_of_date
-- source:  as_of_days, receivables_by_day, open_by_age, count_back_dso, posted_days,
--   collection_ratios, book_limits
-- params:  $as_of date, $decimals int
-- columns:
--   as_of_date                         date     end of that day
--   open_amount                        money    all open items, debit and credit
--   debit_amount                       money    open debit items only: what shares are shares of
--   gross_overdue_amount               money    overdue debit items only
--   gross_overdue_ratio                ratio    share of debit_amount
--   over_60_amount                     money    debit items more than 60 days past due
--   over_60_ratio                      ratio    share of debit_amount
--   over_90_amount                     money    debit items more than 90 days past due
--   over_90_ratio                      ratio    share of debit_amount
--   disputed_amount                    money    disputed part of open debit items
--   disputed_ratio                     ratio    share of debit_amount
--   unallocated_amount                 money    open credit items, a part of open (zero or less)
--   unallocated_ratio                  ratio    share of debit_amount
--   dso_count_back_days                decimal  see query dso, method count_back
--   dso_best_possible_count_back_days  decimal  method best_possible_count_back
--   dso_day_amount                     money    one day of DSO: sales of 12 months / 365; null
--     until the books reach back so far
--   cei_book_ratio                     ratio    of the last complete month
--   cei_cash_ratio                     ratio    of the last complete month
--   open_count                         int      open items
--   missing_text                       text     what the books lack; null if nothing

with late_debits as (
    select
        open_by_age.as_of_date,
        sum(case when open_by_age.past_due_days > 60 then open_by_age.debit_amount else 0 end)
            as over_60_amount,
        sum(case when open_by_age.past_due_days > 90 then open_by_age.debit_amount else 0 end)
            as over_90_amount
    from open_by_age
    group by open_by_age.as_of_date
),

shown_days as (
    select
        as_of_days.as_of_date,
        as_of_days.is_month_end,
        as_of_days.month_number
    from as_of_days
    cross join book_limits
    where
        (as_of_days.is_in_history and book_limits.has_history)
        or as_of_days.as_of_date = $as_of
),

first_postings as (
    select min(posted_days.posted_date) as first_posted_date
    from posted_days
),

-- sales of a day, and from which picture on they are known
day_sales as (
    select
        posted_days.issued_date,
        least(
            last_day(greatest(posted_days.issued_date, posted_days.posted_date)),
            $as_of
        ) as known_date,
        sum(posted_days.amount) as sales_amount
    from posted_days
    cross join book_limits
    where
        book_limits.has_history
        and posted_days.kind in ('invoice', 'credit_note')
        and posted_days.issued_date <= $as_of
    group by posted_days.issued_date, known_date
),

year_sales as (
    select
        shown_days.as_of_date,
        sum(day_sales.sales_amount) as sales_amount
    from shown_days
    inner join day_sales
        on day_sales.issued_date <= shown_days.as_of_date
        and day_sales.known_date <= shown_days.as_of_date
        and day_sales.issued_date > shown_days.as_of_date - interval '12 months'
    group by shown_days.as_of_date
),

-- a day within a month has the ratios of the last complete one
shown_amounts as (
    select
        shown_days.as_of_date,
        case when shown_days.is_month_end then 0 else 1 end as month_back_count,
        shown_days.month_number,
        receivables_by_day.open_amount,
        receivables_by_day.open_amount - receivables_by_day.unallocated_amount as debit_amount,
        receivables_by_day.gross_overdue_amount,
        coalesce(late_debits.over_60_amount, 0) as over_60_amount,
        coalesce(late_debits.over_90_amount, 0) as over_90_amount,
        receivables_by_day.disputed_amount,
        receivables_by_day.unallocated_amount,
        receivables_by_day.open_count,
        year_sales.sales_amount,
        case
            when receivables_by_day.open_amount - receivables_by_day.unallocated_amount > 0
                then cast(
                    receivables_by_day.open_amount - receivables_by_day.unallocated_amount
                    as decimal(27, 3)
                )
        end as divisor_amount
    from shown_days
    inner join receivables_by_day on shown_days.as_of_date = receivables_by_day.as_of_date
    left join late_debits on shown_days.as_of_date = late_debits.as_of_date
    left join year_sales on shown_days.as_of_date = year_sales.as_of_date
)

select
    shown_amounts.as_of_date,
    shown_amounts.open_amount,
    cast(shown_amounts.debit_amount as decimal(21, 3)) as debit_amount,
    shown_amounts.gross_overdue_amount,
    cast(
        cast(shown_amounts.gross_overdue_amount as decimal(50, 8)) / shown_amounts.divisor_amount
        as decimal(18, 6)
    ) as gross_overdue_ratio,
    cast(shown_amounts.over_60_amount as decimal(21, 3)) as over_60_amount,
    cast(
        cast(shown_amounts.over_60_amount as decimal(50, 8)) / shown_amounts.divisor_amount
        as decimal(18, 6)
    ) as over_60_ratio,
    cast(shown_amounts.over_90_amount as decimal(21, 3)) as over_90_amount,
    cast(
        cast(shown_amounts.over_90_amount as decimal(50, 8)) / shown_amounts.divisor_amount
        as decimal(18, 6)
    ) as over_90_ratio,
    shown_amounts.disputed_amount,
    cast(
        cast(shown_amounts.disputed_amount as decimal(50, 8)) / shown_amounts.divisor_amount
        as decimal(18, 6)
    ) as disputed_ratio,
    shown_amounts.unallocated_amount,
    cast(
        cast(shown_amounts.unallocated_amount as decimal(50, 8)) / shown_amounts.divisor_amount
        as decimal(18, 6)
    ) as unallocated_ratio,
    -- in the months before, days that the books are too short to count are none
    case
        when not counted_open.is_capped or shown_amounts.as_of_date = $as_of
            then counted_open.dso_days
    end as dso_count_back_days,
    case
        when not counted_not_due.is_capped or shown_amounts.as_of_date = $as_of
            then counted_not_due.dso_days
    end as dso_best_possible_count_back_days,
    money(
        case
            when
                shown_amounts.sales_amount > 0
                and first_postings.first_posted_date
                <= shown_amounts.as_of_date - interval '12 months' + interval '1 day'
                then cast(shown_amounts.sales_amount as decimal(38, 8)) / 365
        end,
        $decimals
    ) as dso_day_amount,
    collection_ratios.cei_book_ratio,
    collection_ratios.cei_cash_ratio,
    shown_amounts.open_count,
    book_limits.missing_text
from shown_amounts
cross join book_limits
cross join first_postings
inner join count_back_dso as counted_open
    on shown_amounts.as_of_date = counted_open.as_of_date
    and counted_open.method_code = 'count_back'
inner join count_back_dso as counted_not_due
    on shown_amounts.as_of_date = counted_not_due.as_of_date
    and counted_not_due.method_code = 'best_possible_count_back'
left join collection_ratios
    on shown_amounts.month_number - shown_amounts.month_back_count = collection_ratios.month_number
order by shown_amounts.as_of_date
