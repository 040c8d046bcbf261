-- payer_work: what is to be done about the customer, by whom.
--
-- grain:   one line of the worklist
-- key:     line_id
-- source:  worklist
-- params:  $customer_id text
-- columns:
--   line_id         text   the line of the worklist
--   assignee_name   text   whose work it is
--   status_code     text   act, wait or not_assigned
--   action_code     text   what to do
--   channel_code    text   through which channel
--   when_date       date   from when on
--   overdue_amount  money  past due, of this line
--   not_due_amount  money  not yet due, of this line
--   why_rank_text   text   why
--   documents_text  text   numbers of the oldest items

select
    worklist.line_id,
    worklist.assignee_name,
    worklist.status_code,
    worklist.action_code,
    worklist.channel_code,
    worklist.when_date,
    worklist.overdue_amount,
    worklist.not_due_amount,
    worklist.why_rank_text,
    worklist.documents_text
from worklist
where worklist.customer_id = $customer_id
order by status_code, overdue_amount desc, line_id
