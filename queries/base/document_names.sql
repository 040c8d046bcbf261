-- document_names: what the names mean that disputes, events, messages and others give to invoices.
--
-- grain:   one name and debit item that bears it, as its identifier or else as its document
-- key:     company_id, name_text, item_number
-- source:  disputes, invoice_events, invoice_details, actions, message_items, known_items
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
    union
    select
        coalesce(message_items.company_id, '') as company_id,
        message_items.item_id as name_text
    from message_items
),

named as (
    select
        names.company_id,
        names.name_text,
        known_items.customer_id,
        known_items.item_number,
        known_items.issued_date,
        true as is_identifier
    from names
    inner join known_items
        on names.company_id = known_items.company_id
        and names.name_text = known_items.item_id
    where known_items.is_debit
    union all
    select
        names.company_id,
        names.name_text,
        known_items.customer_id,
        known_items.item_number,
        known_items.issued_date,
        false as is_identifier
    from names
    inner join known_items
        on names.company_id = known_items.company_id
        and names.name_text = known_items.reference
    where known_items.is_claim
),

ranked as (
    select
        named.company_id,
        named.name_text,
        named.customer_id,
        named.item_number,
        named.issued_date,
        named.is_identifier,
        bool_or(named.is_identifier) over (
            partition by named.company_id, named.name_text
        ) as is_identified
    from named
),

borne as (
    select
        ranked.company_id,
        ranked.name_text,
        ranked.customer_id,
        ranked.item_number,
        ranked.issued_date
    from ranked
    where ranked.is_identifier = ranked.is_identified
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
