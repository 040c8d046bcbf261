-- worklist_items: the invoices behind each line of today's lists.
--
-- grain:   one line to act on today and item of it
-- key:     line_id, item_id
-- source:  worklist, item_balances
-- params:  none
-- columns:
--   line_id        text   the line of worklist
--   assignee_id    text   whose list it is on
--   company_id     text   whose receivable it is
--   item_id        text   the item
--   document_text  text   its number
--   issued_date    date   date of the document
--   due_date       date   when it is due; null where unknown
--   past_due_days  int    days past due; negative when not yet due
--   open_amount    money  what is open on it
--   is_disputed    flag   some of it is disputed

with parts as (
    select
        worklist.line_id,
        worklist.assignee_id,
        worklist.company_id,
        unnest(string_to_array(worklist.items_text, '|')) as part_text
    from worklist
    where worklist.status_code = 'act' and worklist.items_text is not null
),

named_parts as (
    select
        parts.line_id,
        parts.assignee_id,
        parts.company_id,
        split_part(parts.part_text, '=', 1) as item_id,
        split_part(parts.part_text, '=', 2) as document_text
    from parts
)

select
    named_parts.line_id,
    named_parts.assignee_id,
    named_parts.company_id,
    named_parts.item_id,
    named_parts.document_text,
    item_balances.issued_date,
    item_balances.due_date,
    item_balances.past_due_days,
    item_balances.open_amount,
    item_balances.disputed_amount > 0 as is_disputed
from named_parts
inner join item_balances
    on named_parts.company_id = item_balances.company_id
    and named_parts.item_id = item_balances.item_id
order by named_parts.line_id, item_balances.due_date, named_parts.item_id
