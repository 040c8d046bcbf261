-- collection_effectiveness: the share of what could be collected in a month that was.
--
-- grain:   one complete month-end on or before $as_of, from the first posted month on
-- key:     month_end_date
-- source:  collection_ratios
-- params:  none
-- columns:
--   month_end_date  date   last day of the month
--   cei_book_ratio  ratio  (opening + sales − closing) / (opening + sales − closing not due)
--   cei_cash_ratio  ratio  (receipts allocated − returned receipts) / the same

select
    collection_ratios.month_end_date,
    collection_ratios.cei_book_ratio,
    collection_ratios.cei_cash_ratio
from collection_ratios
order by collection_ratios.month_end_date
