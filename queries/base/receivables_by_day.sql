-- receivables_by_day: what is owed, how much of it is late, on each day a picture is taken.
--
-- grain:   one as-of day
-- key:     as_of_date
-- source:  as_of_days, known_changes, item_steps, control_balances, ledger_role_steps
-- params:  $as_of date
-- columns:
--   as_of_date                date   end of that day
--   open_amount               money  all open items
--   not_due_amount            money  due on that day or later
--   overdue_amount            money  due before that day, credits included
--   age_unknown_amount        money  debit items without a due date
--   gross_overdue_amount      money  overdue debit items only
--   unallocated_amount        money  open items below zero
--   advances_amount           money  advances received (419*), outside the items
--   doubtful_amount           money  open on accounts of doubtful customers
--   disputed_amount           money  disputed part of open debit items
--   disputed_past_due_amount  money  the part of it that is overdue
--   open_count                int    open items
--   control_amount            money  balance of the control accounts; null before the first
--   uncontrolled_amount       money  open at companies that have none, where others do

-- A change shows in the first picture taken on or after its day: the end of its month, or the
-- as-of day itself. Changes older than the first picture (of control accounts and advances)
-- show in that one.
with first_day as (
    select min(as_of_days.as_of_date) as first_date
    from as_of_days
),

open_steps as (
    select
        least(last_day(known_changes.step_date), $as_of) as as_of_date,
        sum(known_changes.open_amount) as open_amount,
        sum(case when known_changes.due_date is null then known_changes.open_amount end)
            as age_unknown_amount,
        sum(known_changes.credit_amount) as unallocated_amount,
        sum(case when known_changes.is_doubtful then known_changes.open_amount end)
            as doubtful_amount,
        sum(known_changes.uncontrolled_amount) as uncontrolled_amount,
        sum(known_changes.open_count) as open_count
    from known_changes
    group by as_of_date
),

-- from the day after the due date on, or from its own day, a change is overdue
overdue_steps as (
    select
        cast(greatest(known_changes.step_date, known_changes.due_date + interval '1 day') as date)
            as overdue_date,
        sum(known_changes.open_amount) as overdue_amount,
        sum(known_changes.debit_amount) as gross_overdue_amount
    from known_changes
    where known_changes.due_date < $as_of
    group by overdue_date
),

overdue_changes as (
    select
        least(last_day(overdue_steps.overdue_date), $as_of) as as_of_date,
        sum(overdue_steps.overdue_amount) as overdue_amount,
        sum(overdue_steps.gross_overdue_amount) as gross_overdue_amount
    from overdue_steps
    group by as_of_date
),

disputed_changes as (
    select
        least(last_day(item_steps.step_date), $as_of) as as_of_date,
        sum(item_steps.disputed_change_amount) as disputed_amount
    from item_steps
    group by as_of_date
),

disputed_overdue_changes as (
    select
        least(last_day(item_steps.overdue_date), $as_of) as as_of_date,
        sum(item_steps.disputed_change_amount) as disputed_past_due_amount
    from item_steps
    where item_steps.overdue_date <= $as_of
    group by as_of_date
),

balance_changes as (
    select
        control_balances.balance_date,
        control_balances.balance_amount
        - lag(control_balances.balance_amount, 1, cast(0 as decimal(21, 3))) over (
            partition by
                control_balances.company_id,
                control_balances.account,
                control_balances.customer_id
            order by control_balances.balance_date
        ) as change_amount
    from control_balances
    where control_balances.balance_date <= $as_of
),

balance_days as (
    select
        balance_changes.balance_date,
        sum(balance_changes.change_amount) as change_amount
    from balance_changes
    group by balance_changes.balance_date
),

control_changes as (
    select
        greatest(
            least(last_day(balance_days.balance_date), $as_of),
            first_day.first_date
        ) as as_of_date,
        sum(balance_days.change_amount) as control_amount
    from balance_days
    cross join first_day
    group by as_of_date
),

advance_changes as (
    select
        greatest(
            least(last_day(ledger_role_steps.step_date), $as_of),
            first_day.first_date
        ) as as_of_date,
        sum(ledger_role_steps.change_amount) as advances_amount
    from ledger_role_steps
    cross join first_day
    where ledger_role_steps.role_code = 'advances'
    group by as_of_date
),

balances as (
    select
        as_of_days.as_of_date,
        sum(coalesce(open_steps.open_amount, 0)) over days_so_far as open_amount,
        sum(coalesce(overdue_changes.overdue_amount, 0)) over days_so_far as overdue_amount,
        sum(coalesce(open_steps.age_unknown_amount, 0)) over days_so_far
            as age_unknown_amount,
        sum(coalesce(overdue_changes.gross_overdue_amount, 0)) over days_so_far
            as gross_overdue_amount,
        sum(coalesce(open_steps.unallocated_amount, 0)) over days_so_far
            as unallocated_amount,
        sum(coalesce(advance_changes.advances_amount, 0)) over days_so_far as advances_amount,
        sum(coalesce(open_steps.doubtful_amount, 0)) over days_so_far as doubtful_amount,
        sum(coalesce(disputed_changes.disputed_amount, 0)) over days_so_far as disputed_amount,
        sum(coalesce(disputed_overdue_changes.disputed_past_due_amount, 0))
            over days_so_far as disputed_past_due_amount,
        sum(coalesce(open_steps.open_count, 0)) over days_so_far as open_count,
        sum(coalesce(open_steps.uncontrolled_amount, 0)) over days_so_far
            as uncontrolled_amount,
        -- a sum over no value at all is null: no control account spoke yet
        sum(control_changes.control_amount) over days_so_far as control_amount
    from as_of_days
    left join open_steps on as_of_days.as_of_date = open_steps.as_of_date
    left join overdue_changes on as_of_days.as_of_date = overdue_changes.as_of_date
    left join disputed_changes on as_of_days.as_of_date = disputed_changes.as_of_date
    left join disputed_overdue_changes
        on as_of_days.as_of_date = disputed_overdue_changes.as_of_date
    left join control_changes on as_of_days.as_of_date = control_changes.as_of_date
    left join advance_changes on as_of_days.as_of_date = advance_changes.as_of_date
    window days_so_far as (
        order by as_of_days.as_of_date
        rows between unbounded preceding and current row
    )
)

select
    balances.as_of_date,
    cast(balances.open_amount as decimal(21, 3)) as open_amount,
    cast(
        balances.open_amount - balances.overdue_amount - balances.age_unknown_amount
        as decimal(21, 3)
    ) as not_due_amount,
    cast(balances.overdue_amount as decimal(21, 3)) as overdue_amount,
    cast(balances.age_unknown_amount as decimal(21, 3)) as age_unknown_amount,
    cast(balances.gross_overdue_amount as decimal(21, 3)) as gross_overdue_amount,
    cast(balances.unallocated_amount as decimal(21, 3)) as unallocated_amount,
    cast(balances.advances_amount as decimal(21, 3)) as advances_amount,
    cast(balances.doubtful_amount as decimal(21, 3)) as doubtful_amount,
    cast(balances.disputed_amount as decimal(21, 3)) as disputed_amount,
    cast(balances.disputed_past_due_amount as decimal(21, 3)) as disputed_past_due_amount,
    cast(balances.open_count as bigint) as open_count,
    cast(balances.control_amount as decimal(21, 3)) as control_amount,
    cast(
        case when balances.control_amount is not null then balances.uncontrolled_amount end
        as decimal(21, 3)
    ) as uncontrolled_amount
from balances
order by balances.as_of_date
