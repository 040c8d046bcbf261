-- sales_by_month: sales of each month, and from which picture on each part of them is known.
--
-- grain:   one issue month and as-of day that first shows sales of it
-- key:     month_number, as_of_date
-- source:  posted_days, book_limits
-- params:  $as_of date
-- columns:
--   month_number  int    issue month, counted from year 0 (year × 12 + month − 1)
--   as_of_date    date   first picture (month-end, or $as_of) on or after issue and posting
--   sales_amount  money  invoices less credit notes, VAT included

select
    month_number(posted_days.issued_date) as month_number,
    least(
        last_day(greatest(posted_days.issued_date, posted_days.posted_date)),
        $as_of
    ) as as_of_date,
    cast(sum(posted_days.amount) as decimal(21, 3)) as sales_amount
from posted_days
cross join book_limits
where
    book_limits.has_history
    and posted_days.kind in ('invoice', 'credit_note')
    and posted_days.issued_date <= $as_of
group by month_number, as_of_date
