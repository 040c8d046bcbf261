-- dispute_item_unknown: disputes that name an item nobody knows.
--
-- grain:   one dispute opened on or before $as_of, or at an unknown date
-- key:
-- source:  named_disputes, items
-- params:  none
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
select
    named_disputes.dispute_id as subject_id,
    cast(null as text) as account,
    named_disputes.disputed_amount as amount,
    cast(null as text) as source_file,
    cast(null as bigint) as source_line,
    concat('item ', named_disputes.item_id) as detail_text
from named_disputes
left anti join items
    on named_disputes.company_id = coalesce(items.company_id, '')
    and named_disputes.item_id = items.item_id
left anti join items as documents
    on named_disputes.company_id = coalesce(documents.company_id, '')
    and named_disputes.item_id = documents.reference
    and documents.amount > 0
where named_disputes.item_number is null
order by named_disputes.dispute_id
