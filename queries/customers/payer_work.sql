-- payer_work: what is to be done about the customers asked about, by whom.
--
-- grain:   one line of the worklist
-- key:     company_id, customer_id, line_id
-- source:  asked_customers, worklist
-- columns:
--   company_id      text   whose receivables they are
--   customer_id     text   the customer
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
    worklist.company_id,
    worklist.customer_id,
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
inner join asked_customers
    on worklist.company_id = asked_customers.company_id
    and worklist.customer_id = asked_customers.customer_id
order by company_id, customer_id, status_code, overdue_amount desc, line_id
