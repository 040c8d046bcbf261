-- reference_unknown: actions that name an invoice nobody knows.
--
-- grain:   one action
-- key:
-- source:  actions, items
-- params:  none
-- columns:
--   subject_id   text   the action
--   account      text   none
--   amount       money  promised; empty without
--   source_file  text   of the action
--   source_line  int    of the action
--   detail_text  text   what was found
-- fault:   An action names an invoice nobody knows.
-- todo:    Correct the invoice number of the action, or load the invoice.

select
    actions.action_id as subject_id,
    cast(null as text) as account,
    actions.promised_amount as amount,
    actions.source_file,
    actions.source_line,
    concat('item ', actions.item_id) as detail_text
from actions
left anti join items
    on coalesce(actions.company_id, '') = coalesce(items.company_id, '')
    and actions.item_id = items.item_id
left anti join items as documents
    on coalesce(actions.company_id, '') = coalesce(documents.company_id, '')
    and actions.item_id = documents.reference
    and documents.amount > 0
where actions.item_id is not null
order by actions.action_id
