-- dso_history: days of sales outstanding at each month-end, beside the terms that were granted.
--
-- grain:   one of the last $months month-ends on or before $as_of
-- key:     month_end_date
-- source:  as_of_days, count_back_dso, posted_days, book_limits
-- params:  $as_of date
-- columns:
--   month_end_date                     date     end of that day
--   dso_count_back_days                decimal  see query dso, method count_back; null before the
--     first posted month, and where the books are shorter than the balance is old
--   dso_best_possible_count_back_days  decimal  the same if all that is past due were paid
--   dso_gap_days                       decimal  the first less the second: what lateness costs
--   terms_days                         decimal  issue to due date of the invoices of 12 months,
--     by amount; null without any
--   is_capped                          flag     the history ended before the balance did
--   terms_are_derived                  flag     the due date of one of these invoices was derived
--   missing_text                       text     what the books lack, and which file brings it

-- An invoice counts from the first month-end on which it is issued and posted, for twelve of them.
with invoice_months as (
    select
        month_number(posted_days.issued_date) as issued_number,
        month_number(greatest(posted_days.issued_date, posted_days.posted_date)) as known_number,
        sum(posted_days.amount) as invoiced_amount,
        sum(
            cast(
                posted_days.amount * (posted_days.due_date - posted_days.issued_date)
                as decimal(38, 3)
            )
        ) as term_day_amount,
        bool_or(posted_days.due_is_derived) as is_derived
    from posted_days
    where
        posted_days.kind = 'invoice'
        and posted_days.is_debit
        and posted_days.due_date is not null
        and posted_days.issued_date <= $as_of
    group by issued_number, known_number
),

month_terms as (
    select
        as_of_days.as_of_date,
        sum(invoice_months.invoiced_amount) as invoiced_amount,
        sum(invoice_months.term_day_amount) as term_day_amount,
        bool_or(invoice_months.is_derived) as is_derived
    from as_of_days
    inner join invoice_months
        on invoice_months.known_number <= as_of_days.month_number
        and invoice_months.issued_number > as_of_days.month_number - 12
        and invoice_months.issued_number <= as_of_days.month_number
    where as_of_days.is_in_history
    group by as_of_days.as_of_date
)

select
    as_of_days.as_of_date as month_end_date,
    -- before the books nothing is known, which is not the same as 0 days; a balance that is older
    -- than they are is of more days than they can count
    case when as_of_days.is_posted and not counted_open.is_capped then counted_open.dso_days end
        as dso_count_back_days,
    case
        when as_of_days.is_posted and not counted_not_due.is_capped
            then counted_not_due.dso_days
    end as dso_best_possible_count_back_days,
    cast(
        case
            when as_of_days.is_posted and not counted_open.is_capped
                then counted_open.dso_days - counted_not_due.dso_days
        end as decimal(18, 4)
    ) as dso_gap_days,
    cast(
        cast(month_terms.term_day_amount as decimal(50, 8))
        / nullif(cast(month_terms.invoiced_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as terms_days,
    coalesce(counted_open.is_capped, false) as is_capped,
    coalesce(month_terms.is_derived, false) as terms_are_derived,
    book_limits.missing_text
from as_of_days
cross join book_limits
inner join count_back_dso as counted_open
    on as_of_days.as_of_date = counted_open.as_of_date
    and counted_open.method_code = 'count_back'
inner join count_back_dso as counted_not_due
    on as_of_days.as_of_date = counted_not_due.as_of_date
    and counted_not_due.method_code = 'best_possible_count_back'
left join month_terms on as_of_days.as_of_date = month_terms.as_of_date
where as_of_days.is_in_history
order by as_of_days.as_of_date
