-- booked_allowances: what the ledger holds as doubtful and as allowance, beside what is expected.
--
-- grain:   one line of the comparison
-- key:     line_code
-- source:  expected_losses, receivables_by_day, posted_days, ledger_role_steps
-- params:  $as_of date
-- columns:
--   line_code  text   expected (provision_matrix), unrated (open in buckets without a loss rate,
--     only if any is), booked (491*), missing (expected − booked), doubtful (open on 416*)
--   amount     money  null where no rate is known, or the ledger has no such account

with doubtful_accounts as (
    select coalesce(sum(posted_days.item_count), 0) as item_count
    from posted_days
    where posted_days.is_doubtful
),

expected as (
    select
        sum(expected_losses.allowance_amount) as amount,
        sum(
            case
                when expected_losses.allowance_amount is null and expected_losses.open_amount > 0
                    then expected_losses.open_amount
                else 0
            end
        ) as unrated_amount
    from expected_losses
),

booked as (
    select -sum(ledger_role_steps.change_amount) as amount
    from ledger_role_steps
    where ledger_role_steps.role_code = 'allowance' and ledger_role_steps.step_date <= $as_of
),

doubtful as (
    select case when doubtful_accounts.item_count > 0 then receivables_by_day.doubtful_amount end
        as amount
    from receivables_by_day
    cross join doubtful_accounts
    where receivables_by_day.as_of_date = $as_of
),

comparison as (
    select 1 as line_order, 'expected' as line_code, expected.amount
    from expected
    union all
    select 2 as line_order, 'unrated' as line_code, expected.unrated_amount as amount
    from expected
    where expected.unrated_amount > 0
    union all
    select 3 as line_order, 'booked' as line_code, booked.amount
    from booked
    union all
    select 4 as line_order, 'missing' as line_code, expected.amount - booked.amount as amount
    from expected
    cross join booked
    union all
    select 5 as line_order, 'doubtful' as line_code, doubtful.amount
    from doubtful
)

select
    comparison.line_code,
    cast(comparison.amount as decimal(21, 3)) as amount
from comparison
order by comparison.line_order
