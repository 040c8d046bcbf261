-- item_details: where the goods of an invoice came from, who sold them, and what they earned.
--
-- grain:   one debit item of known_items
-- key:     item_number
-- source:  known_items, items, invoice_details
-- params:  none
-- columns:
--   item_number     int    the item, of known_items
--   order_id        text   the customer's order; null where unknown
--   site            text   where goods left from; null where unknown
--   product_line    text   what was sold; null where unknown
--   salesperson     text   who sold it; null where unknown
--   delivered_date  date   when goods arrived; null where unknown
--   margin_amount   money  margin without VAT, in the item's currency; null where unknown

-- A list of items says it on the item; beside a ledger it is told apart, by the item's identifier
-- or by the number of the document.
with named_details as (
    select
        coalesce(invoice_details.company_id, '') as company_id,
        invoice_details.item_id,
        invoice_details.order_id,
        invoice_details.site,
        invoice_details.product_line,
        invoice_details.salesperson,
        invoice_details.delivered_date,
        invoice_details.margin_amount
    from invoice_details
),

item_columns as (
    select
        coalesce(items.company_id, '') as company_id,
        items.item_id,
        items.order_id,
        items.site,
        items.product_line,
        items.salesperson,
        items.delivered_date
    from items
    where
        items.order_id is not null
        or items.site is not null
        or items.product_line is not null
        or items.salesperson is not null
        or items.delivered_date is not null
)

select
    known_items.item_number,
    coalesce(item_columns.order_id, by_item.order_id, by_reference.order_id) as order_id,
    coalesce(item_columns.site, by_item.site, by_reference.site) as site,
    coalesce(item_columns.product_line, by_item.product_line, by_reference.product_line)
        as product_line,
    coalesce(item_columns.salesperson, by_item.salesperson, by_reference.salesperson)
        as salesperson,
    coalesce(item_columns.delivered_date, by_item.delivered_date, by_reference.delivered_date)
        as delivered_date,
    coalesce(by_item.margin_amount, by_reference.margin_amount) as margin_amount
from known_items
left join item_columns
    on known_items.company_id = item_columns.company_id
    and known_items.item_id = item_columns.item_id
left join named_details as by_item
    on known_items.company_id = by_item.company_id
    and known_items.item_id = by_item.item_id
left join named_details as by_reference
    on known_items.company_id = by_reference.company_id
    and known_items.reference = by_reference.item_id
    and by_item.item_id is null
where known_items.is_debit
