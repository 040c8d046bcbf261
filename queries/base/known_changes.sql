-- known_changes: what changed of the open amounts, day by day and by due date, up to the as-of day.
--
-- grain:   one day of change, due date, month of posting and kind of item
-- source:  open_changes, accounts, control_balances
-- params:  $as_of date, $in_base flag, $ages_from_issue flag
-- columns:
--   step_date            date   the day
--   due_date             date   as known_items says; null where unknown
--   aged_from_date       date   as known_items says; null where unknown
--   posted_month_date    date   first day of the month in which the items were posted
--   is_debit             flag   items of an amount above zero
--   is_claim             flag   of them, those that say how customers pay
--   is_even              flag   items that only went down to 0, and stayed there
--   is_doubtful          flag   on an account of doubtful customers
--   open_amount          money  change of what is open, in the answer's currency
--   debit_amount         money  change of what is open above zero on debit items
--   moved_amount         money  of it: booked again elsewhere, or gone to the factor
--   credit_amount        money  change of what is open below zero
--   uncontrolled_amount  money  change of what is open at companies without a control account
--   open_count           int    items opened less items closed

-- Loads sum these when they come in: no question looks at items by the million for a history.
with controlled_companies as (
    select coalesce(control_balances.company_id, '') as company_id
    from control_balances
    where control_balances.balance_date <= $as_of
    group by coalesce(control_balances.company_id, '')
),

changes as (
    select
        controlled_companies.company_id is null as is_uncontrolled,
        open_changes.step_date,
        open_changes.due_date,
        case
            when $ages_from_issue then open_changes.issued_date
            else open_changes.due_date
        end as aged_from_date,
        open_changes.posted_month_date,
        open_changes.is_debit,
        open_changes.is_claim,
        open_changes.is_even,
        coalesce(accounts.role_code = 'doubtful', false) as is_doubtful,
        case when $in_base then open_changes.base_open_amount else open_changes.open_amount end
            as open_amount,
        case when $in_base then open_changes.base_debit_amount else open_changes.debit_amount end
            as debit_amount,
        case when $in_base then open_changes.base_moved_amount else open_changes.moved_amount end
            as moved_amount,
        case when $in_base then open_changes.base_credit_amount else open_changes.credit_amount end
            as credit_amount,
        open_changes.open_count
    from open_changes
    left join accounts on open_changes.account = accounts.account
    left join controlled_companies
        on coalesce(open_changes.company_id, '') = controlled_companies.company_id
    where open_changes.step_date <= $as_of
)

select
    changes.step_date,
    changes.due_date,
    changes.aged_from_date,
    changes.posted_month_date,
    changes.is_debit,
    changes.is_claim,
    changes.is_even,
    changes.is_doubtful,
    cast(sum(changes.open_amount) as decimal(21, 3)) as open_amount,
    cast(sum(changes.debit_amount) as decimal(21, 3)) as debit_amount,
    cast(sum(changes.moved_amount) as decimal(21, 3)) as moved_amount,
    cast(sum(changes.credit_amount) as decimal(21, 3)) as credit_amount,
    cast(sum(case when changes.is_uncontrolled then changes.open_amount end) as decimal(21, 3))
        as uncontrolled_amount,
    sum(changes.open_count) as open_count
from changes
group by
    changes.step_date,
    changes.due_date,
    changes.aged_from_date,
    changes.posted_month_date,
    changes.is_debit,
    changes.is_claim,
    changes.is_even,
    changes.is_doubtful
