-- currency_rate_missing: items without an amount in the base currency, among several currencies.
--
-- grain:   one item posted on or before $as_of
-- key:
-- source:  items
-- params:  $as_of date
-- columns:
--   subject_id   text   item
--   account      text   its account
--   amount       money  its amount, in its own currency
--   source_file  text   of the item
--   source_line  int    of the item
--   detail_text  text   what was found
-- fault:   An item in a foreign currency has no amount in the base currency.
-- todo:    Give the rate in the settings, or the converted amount in the file.

-- in a lake of one currency nothing is ever converted
with currencies as (
    select count(distinct items.currency_code) as currency_count
    from items
    where coalesce(items.posted_date, items.issued_date) <= $as_of
)

select
    items.item_id as subject_id,
    items.account,
    items.amount,
    items.source_file,
    items.source_line,
    concat('currency ', items.currency_code) as detail_text
from items
cross join currencies
where
    currencies.currency_count > 1
    and items.base_amount is null
    and coalesce(items.posted_date, items.issued_date) <= $as_of
order by items.item_id
