-- told_details: what files beside the ledger tell of an invoice.
--
-- grain:   one debit item that such a file names
-- key:     item_number
-- source:  known_items, invoice_details, document_names
-- params:  none
-- columns:
--   item_number     int    the item, of known_items
--   order_id        text   order it belongs to
--   site            text   where goods left from
--   product_line    text   what was sold
--   salesperson     text   who sold it
--   delivered_date  date   when goods arrived
--   due_date        date   when it is due; null where the file does not tell
--   margin_amount   money  what it earned, in the item's currency, without VAT
--   is_title_retained  flag  goods stay ours until they are paid; null where nobody told

-- A file names the item by its identifier or else by the number of the document.
with details_by_item as (
    select
        known_items.item_number,
        invoice_details.order_id,
        invoice_details.site,
        invoice_details.product_line,
        invoice_details.salesperson,
        invoice_details.delivered_date,
        invoice_details.due_date,
        invoice_details.margin_amount,
        invoice_details.is_title_retained
    from invoice_details
    inner join known_items
        on coalesce(invoice_details.company_id, '') = known_items.company_id
        and invoice_details.item_id = known_items.item_id
    where known_items.is_debit
),

details_by_reference as (
    select
        known_items.item_number,
        invoice_details.order_id,
        invoice_details.site,
        invoice_details.product_line,
        invoice_details.salesperson,
        invoice_details.delivered_date,
        invoice_details.due_date,
        invoice_details.margin_amount,
        invoice_details.is_title_retained
    from invoice_details
    inner join document_names
        on coalesce(invoice_details.company_id, '') = document_names.company_id
        and invoice_details.item_id = document_names.name_text
    inner join known_items on document_names.item_number = known_items.item_number
    where document_names.is_one
)

select
    details_by_item.item_number,
    details_by_item.order_id,
    details_by_item.site,
    details_by_item.product_line,
    details_by_item.salesperson,
    details_by_item.delivered_date,
    details_by_item.due_date,
    details_by_item.margin_amount,
    details_by_item.is_title_retained
from details_by_item
union all
select
    details_by_reference.item_number,
    details_by_reference.order_id,
    details_by_reference.site,
    details_by_reference.product_line,
    details_by_reference.salesperson,
    details_by_reference.delivered_date,
    details_by_reference.due_date,
    details_by_reference.margin_amount,
    details_by_reference.is_title_retained
from details_by_reference
left anti join details_by_item
    on details_by_reference.item_number = details_by_item.item_number
