-- watched_invoices: the invoices whose hold-ups are compared, and where each belongs.
--
-- grain:   one invoice and dimension, where its value is known; company holds them all
-- key:     item_number, dimension_code
-- source:  known_items, item_details, alert_settings, customer_codes
-- params:  $as_of date
-- columns:
--   item_number      int   the item, of known_items
--   dimension_code   text  company, site, product_line, salesperson, customer
--   dimension_order  int   from the widest to the narrowest
--   value_id         text  the site, customer…; `all` for company
--   issued_month_number  int   month of issue, counted from year 0 (year × 12 + month − 1)
--   is_mature        flag  issued so many days before $as_of that a contest would be known
--   is_recent        flag  issued in the 12 months up to $as_of

-- What is brought forward, moved between accounts or returned is no new invoice.
with settings as (
    select max(alert_settings.notice_days) as notice_days
    from alert_settings
),

invoices as (
    select
        known_items.item_number,
        customer_codes.customer_code,
        item_details.site,
        item_details.product_line,
        item_details.salesperson,
        month_number(known_items.issued_date) as issued_month_number,
        $as_of - known_items.issued_date >= settings.notice_days as is_mature,
        known_items.issued_date > cast($as_of as date) - interval '12 months' as is_recent
    from known_items
    cross join settings
    left join item_details on known_items.item_number = item_details.item_number
    inner join customer_codes
        on known_items.company_id = customer_codes.company_id
        and known_items.customer_id = customer_codes.customer_id
    where known_items.is_debit and known_items.kind = 'invoice'
)

select
    invoices.item_number,
    'company' as dimension_code,
    1 as dimension_order,
    cast('all' as varchar) as value_id,
    invoices.issued_month_number,
    invoices.is_mature,
    invoices.is_recent
from invoices
union all
select
    invoices.item_number,
    'site' as dimension_code,
    2 as dimension_order,
    invoices.site as value_id,
    invoices.issued_month_number,
    invoices.is_mature,
    invoices.is_recent
from invoices
where invoices.site is not null
union all
select
    invoices.item_number,
    'product_line' as dimension_code,
    3 as dimension_order,
    invoices.product_line as value_id,
    invoices.issued_month_number,
    invoices.is_mature,
    invoices.is_recent
from invoices
where invoices.product_line is not null
union all
select
    invoices.item_number,
    'salesperson' as dimension_code,
    4 as dimension_order,
    invoices.salesperson as value_id,
    invoices.issued_month_number,
    invoices.is_mature,
    invoices.is_recent
from invoices
where invoices.salesperson is not null
union all
select
    invoices.item_number,
    'customer' as dimension_code,
    5 as dimension_order,
    invoices.customer_code as value_id,
    invoices.issued_month_number,
    invoices.is_mature,
    invoices.is_recent
from invoices
