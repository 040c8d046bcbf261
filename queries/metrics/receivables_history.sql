-- receivables_history: the receivables at each month-end, with their days of sales outstanding.
--
-- grain:   one of the last $months month-ends on or before $as_of; zeros before the first posting,
--          nulls where the books tell no history
-- key:     month_end_date
-- source:  as_of_days, receivables_by_day, simple_dso, count_back_dso, book_limits,
--          item_lists
-- params:  none
-- columns:
--   month_end_date                     date     end of that day
--   open_amount                        money    all open items, debit and credit
--   not_due_amount                     money    due on that day or later
--   overdue_amount                     money    due before that day, credits included
--   age_unknown_amount                 money    debit items without a due date
--   gross_overdue_amount               money    overdue debit items only
--   unallocated_amount                 money    open credit items, a part of open
--   advances_amount                    money    advances received (419*), outside the items
--   doubtful_amount                    money    open on accounts of doubtful customers
--   disputed_amount                    money    disputed part of open debit items
--   open_count                         int      open items
--   control_amount                     money    balance of the control accounts
--   uncontrolled_amount                money    open at companies without a control account
--   tie_out_amount                     money    open − uncontrolled − control; null without any
--   dso_simple_days                    decimal  see query dso, method simple
--   dso_count_back_days                decimal  method count_back
--   dso_best_possible_simple_days      decimal  method best_possible_simple
--   dso_best_possible_count_back_days  decimal  method best_possible_count_back
--   dso_delinquent_days                decimal  method delinquent
--   missing_text                       text     what the books lack, and which file brings it

with list_days as (
    select item_lists.list_date
    from item_lists
    group by item_lists.list_date
)

select
    as_of_days.as_of_date as month_end_date,
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
    ) as tie_out_amount,
    simple_dso.simple_days as dso_simple_days,
    counted_open.dso_days as dso_count_back_days,
    simple_dso.best_possible_simple_days as dso_best_possible_simple_days,
    counted_not_due.dso_days as dso_best_possible_count_back_days,
    simple_dso.delinquent_days as dso_delinquent_days,
    book_limits.missing_text
from as_of_days
cross join book_limits
left join list_days on as_of_days.as_of_date = list_days.list_date
left join receivables_by_day
    on as_of_days.as_of_date = receivables_by_day.as_of_date
    -- of lists of open items only their own days are known
    and (book_limits.has_history or list_days.list_date is not null)
left join simple_dso on as_of_days.as_of_date = simple_dso.as_of_date
left join count_back_dso as counted_open
    on as_of_days.as_of_date = counted_open.as_of_date
    and counted_open.method_code = 'count_back'
left join count_back_dso as counted_not_due
    on as_of_days.as_of_date = counted_not_due.as_of_date
    and counted_not_due.method_code = 'best_possible_count_back'
where as_of_days.is_in_history
order by as_of_days.as_of_date
