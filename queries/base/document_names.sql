-- document_names: what the names mean that disputes, details, events and actions give to invoices.
--
-- grain:   one name and debit item that bears it, as its identifier or else as its document
-- key:     company_id, name_text, item_number
-- source:  disputes, invoice_events, invoice_details, actions, known_items
-- params:  none
-- columns:
--   company_id          text  empty where the lake holds none
--   name_text           text  the name
--   customer_id         text  who owes the item
--   item_number         int   the item, of known_items
--   is_one              flag  all that bear it are one document: one customer, one day of issue
--   is_one_of_customer  flag  all of this customer's are

-- Several documents of one name hold nothing: whoever gave it must say which. Items of one document
-- (instalments, retention, a claim booked again) are meant together.
with names as (
    select
        coalesce(disputes.company_id, '') as company_id,
        disputes.item_id as name_text
    from disputes
    union
    select
        coalesce(invoice_events.company_id, '') as company_id,
        invoice_events.item_id as name_text
    from invoice_events
    union
    select
        coalesce(invoice_details.company_id, '') as company_id,
        invoice_details.item_id as name_text
    from invoice_details
    union
    select
        coalesce(actions.company_id, '') as company_id,
        actions.item_id as name_text
    from actions
    where actions.item_id is not null
),

identified as (
    select
        names.company_id,
        names.name_text,
        known_items.customer_id,
        known_items.item_number,
        known_items.issued_date
    from names
    inner join known_items
        on names.company_id = known_items.company_id
        and names.name_text = known_items.item_id
    where known_items.is_debit
),

numbered as (
    select
        names.company_id,
        names.name_text,
        known_items.customer_id,
        known_items.item_number,
        known_items.issued_date
    from names
    inner join known_items
        on names.company_id = known_items.company_id
        and names.name_text = known_items.reference
    where known_items.is_claim
),

borne as (
    select
        identified.company_id,
        identified.name_text,
        identified.customer_id,
        identified.item_number,
        identified.issued_date
    from identified
    union all
    select
        numbered.company_id,
        numbered.name_text,
        numbered.customer_id,
        numbered.item_number,
        numbered.issued_date
    from numbered
    left anti join identified
        on numbered.company_id = identified.company_id
        and numbered.name_text = identified.name_text
),

counted as (
    select
        borne.company_id,
        borne.name_text,
        borne.customer_id,
        borne.item_number,
        min(borne.customer_id) over name_items = max(borne.customer_id) over name_items
        and min(borne.issued_date) over name_items = max(borne.issued_date) over name_items
            as is_one,
        min(borne.issued_date) over customer_items = max(borne.issued_date) over customer_items
            as is_one_of_customer
    from borne
    window
        name_items as (partition by borne.company_id, borne.name_text),
        customer_items as (partition by borne.company_id, borne.name_text, borne.customer_id)
)

select
    counted.company_id,
    counted.name_text,
    counted.customer_id,
    counted.item_number,
    counted.is_one,
    counted.is_one_of_customer
from counted
