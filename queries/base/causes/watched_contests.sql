-- watched_contests: which invoices were contested, for which reason, and whether in time.
--
-- grain:   one invoice and reason it was contested for
-- key:     item_number, reason_code
-- source:  watched_invoices, contested_items, known_items, alert_settings
-- params:  none
-- columns:
--   item_number   int   the item, of known_items
--   reason_code   text  why
--   issued_month_number  int   month of issue, counted from year 0 (year × 12 + month − 1)
--   is_prompt     flag  told within the days of notice: what a recent invoice is compared by
--   is_mature     flag  the invoice was issued so many days before $as_of
--   is_recent     flag  the invoice was issued in the 12 months up to $as_of

-- Invoices issued last week have not been contested yet: only those old enough are compared with
-- earlier ones, and of these, too, only contests told as soon count.
select
    watched_invoices.item_number,
    contested_items.reason_code,
    watched_invoices.issued_month_number,
    bool_or(
        contested_items.from_date - known_items.issued_date <= alert_settings.notice_days
    ) as is_prompt,
    watched_invoices.is_mature,
    watched_invoices.is_recent
from watched_invoices
inner join known_items on watched_invoices.item_number = known_items.item_number
inner join contested_items on watched_invoices.item_number = contested_items.item_number
cross join alert_settings
where watched_invoices.dimension_code = 'company'
group by
    watched_invoices.item_number,
    contested_items.reason_code,
    watched_invoices.issued_month_number,
    watched_invoices.is_mature,
    watched_invoices.is_recent
