-- worklist_notes: what was said to and by the customers of today's lists, the last first.
--
-- grain:   one action of a customer on today's lists, five each at most
-- key:     assignee_id, company_id, customer_id, note_order
-- source:  worklist, actions
-- params:  $as_of date
-- columns:
--   assignee_id   text  whose list the customer is on
--   company_id    text  whose receivables they are
--   customer_id   text  who was contacted
--   note_order    int   1 for the last
--   action_date   date  when
--   channel_code  text  through which channel
--   result_code   text  what came of it
--   note_text     text  what was said; null where nobody wrote it down

with listed as (
    select distinct
        worklist.assignee_id,
        worklist.company_id,
        worklist.customer_id
    from worklist
    where worklist.status_code = 'act'
),

notes as (
    select
        listed.assignee_id,
        listed.company_id,
        listed.customer_id,
        cast(
            row_number() over (
                partition by listed.assignee_id, listed.company_id, listed.customer_id
                order by actions.action_date desc, actions.action_id desc
            ) as bigint
        ) as note_order,
        actions.action_date,
        actions.channel_code,
        actions.result_code,
        actions.note as note_text
    from listed
    inner join actions
        on listed.company_id = coalesce(actions.company_id, '')
        and listed.customer_id = actions.customer_id
    where actions.action_date <= $as_of
)

select
    notes.assignee_id,
    notes.company_id,
    notes.customer_id,
    notes.note_order,
    notes.action_date,
    notes.channel_code,
    notes.result_code,
    notes.note_text
from notes
where notes.note_order <= 5
order by notes.assignee_id, notes.company_id, notes.customer_id, notes.note_order
