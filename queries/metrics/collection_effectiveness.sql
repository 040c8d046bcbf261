-- collection_effectiveness: the share of what could be collected in a month that was.
--
-- grain:   one complete month-end on or before $as_of, from the first posted month on
-- key:     month_end_date
-- source:  collection_ratios, book_limits
-- params:  $as_of date
-- columns:
--   month_end_date  date   last day of the month
--   cei_book_ratio  ratio  (opening + sales − closing) / (opening + sales − closing not due)
--   cei_cash_ratio  ratio  (receipts allocated − returned receipts) / the same
--   missing_text    text   what the books lack for it, and which file would bring it

select
    collection_ratios.month_end_date,
    collection_ratios.cei_book_ratio,
    collection_ratios.cei_cash_ratio,
    cast(null as varchar) as missing_text
from collection_ratios
union all
-- books without a history say why in a row of their own
select
    cast(
        date_trunc('month', cast($as_of as date) + interval '1 day') - interval '1 day' as date
    ) as month_end_date,
    cast(null as decimal(18, 6)) as cei_book_ratio,
    cast(null as decimal(18, 6)) as cei_cash_ratio,
    book_limits.missing_text
from book_limits
where not book_limits.has_history
order by month_end_date
