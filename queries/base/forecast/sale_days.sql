-- sale_days: the sales of each day of four years, of each segment of payers and of all.
--
-- grain:   one segment and day of issue; `*` for all segments
-- key:     segment_code, issued_date
-- source:  known_items, payers, book_limits
-- params:  $as_of date
-- columns:
--   segment_code  text   the segment its customers are in today; `*` for all
--   issued_date   date   date of the documents
--   sales_amount  money  invoices less credit notes, VAT included

with sold as (
    select
        payers.segment_code,
        known_items.issued_date,
        sum(known_items.answer_amount) as sales_amount
    from known_items
    cross join book_limits
    left join payers
        on known_items.company_id = payers.company_id
        and known_items.customer_id = payers.customer_id
    where
        book_limits.has_history
        and known_items.kind in ('invoice', 'credit_note')
        and known_items.issued_date <= $as_of
        and known_items.issued_date > $as_of - interval '49 months'
    group by payers.segment_code, known_items.issued_date
)

select
    sold.segment_code,
    sold.issued_date,
    cast(sold.sales_amount as decimal(21, 3)) as sales_amount
from sold
where sold.segment_code is not null
union all
select
    '*' as segment_code,
    sold.issued_date,
    cast(sum(sold.sales_amount) as decimal(21, 3)) as sales_amount
from sold
group by sold.issued_date
