-- dispute_item_unknown: disputes that name an item nobody knows.
--
-- grain:   one dispute opened on or before $as_of, or at an unknown date
-- key:
-- source:  disputes, items
-- params:  $as_of date
-- columns:
--   subject_id   text   dispute
--   account      text   none
--   amount       money  contested amount; empty for the whole item
--   source_file  text   none
--   source_line  int    none
--   detail_text  text   what was found
-- fault:   A dispute names an item nobody knows.
-- todo:    Correct the invoice number of the dispute, or load the invoice.

-- All items of the lake count, also those posted later: the question is whether the name is one.
with item_names as (
    select
        coalesce(items.company_id, '') as company_id,
        items.item_id as item_name
    from items
    union
    select
        coalesce(items.company_id, '') as company_id,
        items.reference as item_name
    from items
    where items.amount > 0 and items.reference is not null
)

select
    disputes.dispute_id as subject_id,
    cast(null as text) as account,
    disputes.disputed_amount as amount,
    cast(null as text) as source_file,
    cast(null as bigint) as source_line,
    concat('item ', disputes.item_id) as detail_text
from disputes
left join item_names
    on coalesce(disputes.company_id, '') = item_names.company_id
    and disputes.item_id = item_names.item_name
where
    item_names.item_name is null
    and (disputes.opened_date is null or disputes.opened_date <= $as_of)
order by disputes.dispute_id
