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

-- a line of a group is one of each of its members
with members as (
    select
        worklist.company_id,
        worklist.line_id,
        unnest(string_to_array(worklist.members_text, '|')) as member_text
    from worklist
    where worklist.members_text is not null
),

named_lines as (
    select
        worklist.company_id,
        worklist.customer_id,
        worklist.line_id
    from worklist
    union
    select
        members.company_id,
        split_part(members.member_text, '=', 1) as customer_id,
        members.line_id
    from members
)

select
    named_lines.company_id,
    named_lines.customer_id,
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
inner join named_lines on worklist.line_id = named_lines.line_id
inner join asked_customers
    on named_lines.company_id = asked_customers.company_id
    and named_lines.customer_id = asked_customers.customer_id
order by company_id, customer_id, status_code, overdue_amount desc, line_id
