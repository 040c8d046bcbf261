-- worklist_sum: where every overdue amount is: listed in some line or excluded, and nothing else.
--
-- grain:   one part of what is overdue
-- key:     part_code
-- source:  worklist, worklist_excluded
-- params:  none
-- columns:
--   part_code       text   act, wait, not_assigned, or why it is on no list
--   line_count      int    lines, or customers excluded
--   overdue_amount  money  past due; the parts sum to overdue_amount of `receivables`

with parts as (
    select
        worklist.status_code as part_code,
        count(*) as line_count,
        sum(worklist.overdue_amount) as overdue_amount
    from worklist
    group by worklist.status_code
    union all
    select
        worklist_excluded.reason_code as part_code,
        count(*) as line_count,
        sum(worklist_excluded.overdue_amount) as overdue_amount
    from worklist_excluded
    group by worklist_excluded.reason_code
)

select
    parts.part_code,
    parts.line_count,
    cast(parts.overdue_amount as decimal(21, 3)) as overdue_amount
from parts
order by overdue_amount desc, part_code
