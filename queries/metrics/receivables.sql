-- receivables: how much is owed on a given day, how much of it is late, and what the ledger says.
--
-- grain:   one row
-- key:     as_of_date
-- source:  receivables_by_day
-- params:  $as_of date
-- columns:
--   as_of_date            date   end of that day
--   open_amount           money  all open items, debit and credit
--   not_due_amount        money  due on $as_of or later
--   overdue_amount        money  due before $as_of, credits included
--   age_unknown_amount    money  debit items without a due date; the three sum to open
--   gross_overdue_amount  money  overdue debit items only
--   unallocated_amount    money  open credit items, a part of open (zero or less)
--   advances_amount       money  advances received (419*), outside the items
--   doubtful_amount       money  open on accounts of doubtful customers, a part of open
--   disputed_amount       money  disputed part of open debit items
--   open_count            int    open items
--   control_amount        money  balance of the control accounts; null without any
--   uncontrolled_amount   money  open at companies without a control account; null without any
--   tie_out_amount        money  open − uncontrolled − control; null without control accounts

select
    receivables_by_day.as_of_date,
    receivables_by_day.open_amount,
    receivables_by_day.not_due_amount,
    receivables_by_day.overdue_amount,
    receivables_by_day.age_unknown_amount,
    receivables_by_day.gross_overdue_amount,
    receivables_by_day.unallocated_amount,
    receivables_by_day.advances_amount,
    receivables_by_day.doubtful_amount,
    receivables_by_day.disputed_amount,
    receivables_by_day.open_count,
    receivables_by_day.control_amount,
    receivables_by_day.uncontrolled_amount,
    cast(
        receivables_by_day.open_amount
        - receivables_by_day.uncontrolled_amount
        - receivables_by_day.control_amount as decimal(21, 3)
    ) as tie_out_amount
from receivables_by_day
where receivables_by_day.as_of_date = $as_of
order by receivables_by_day.as_of_date
