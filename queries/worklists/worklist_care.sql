-- worklist_care: the second block of the worklist, by what it is about: disputes, reminders, gaps.
--
-- grain:   one reason
-- key:     reason_code
-- source:  worklist
-- params:  none
-- columns:
--   reason_code     text   open_dispute, pre_due, contact_unknown, process_unknown
--   line_count      int    lines
--   overdue_amount  money  past due on them
--   not_due_amount  money  not yet due on them

select
    worklist.reason_code,
    count(*) as line_count,
    cast(sum(worklist.overdue_amount) as decimal(21, 3)) as overdue_amount,
    cast(sum(worklist.not_due_amount) as decimal(21, 3)) as not_due_amount
from worklist
where worklist.block_code = 'care'
group by worklist.reason_code
order by overdue_amount desc, reason_code
