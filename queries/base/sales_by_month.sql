-- sales_by_month: sales of each month, and from which picture on each part of them is known.
--
-- grain:   one issue month and as-of day that first shows sales of it
-- key:     month_number, as_of_date
-- source:  known_items
-- params:  $as_of date
-- columns:
--   month_number  int    issue month, counted from year 0 (year × 12 + month − 1)
--   as_of_date    date   first picture (month-end, or $as_of) on or after issue and posting
--   sales_amount  money  invoices less credit notes, VAT included

select
    cast(date_part('year', known_items.issued_date) as bigint) * 12
    + cast(date_part('month', known_items.issued_date) as bigint) - 1 as month_number,
    least(
        cast(
            date_trunc('month', greatest(known_items.issued_date, known_items.posted_date))
            + interval '1 month' - interval '1 day' as date
        ),
        $as_of
    ) as as_of_date,
    cast(sum(known_items.answer_amount) as decimal(18, 2)) as sales_amount
from known_items
where known_items.kind in ('invoice', 'credit_note') and known_items.issued_date <= $as_of
group by month_number, as_of_date
