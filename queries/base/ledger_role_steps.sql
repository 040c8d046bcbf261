-- ledger_role_steps: what moved accounts beside the receivables, day by day, by their role.
--
-- grain:   one role, customer and day on which its balance changes
-- key:     role_code, company_id, customer_id, step_date
-- source:  ledger_lines, fiscal_years
-- params:  $as_of date
-- columns:
--   role_code      text   advances (419*), allowance (491*)
--   company_id     text   empty where the lake holds none
--   customer_id    text   auxiliary account, else the account itself
--   step_date      date   the day
--   change_amount  money  debit less credit

-- Each year's ledger states the whole balance anew in its opening entries: the lines of a year
-- count until the first later year that has some begins.
with known_years as (
    select
        coalesce(fiscal_years.company_id, '') as company_id,
        fiscal_years.year_end_date,
        min(
            case when fiscal_years.has_openings then fiscal_years.year_start_date end
        ) over (
            partition by fiscal_years.company_id
            order by fiscal_years.year_end_date
            rows between 1 following and unbounded following
        ) as restated_date
    from fiscal_years
    where fiscal_years.year_start_date <= $as_of
),

role_lines as (
    select
        ledger_lines.role_code,
        coalesce(ledger_lines.company_id, '') as company_id,
        coalesce(ledger_lines.auxiliary_id, ledger_lines.account) as customer_id,
        ledger_lines.posted_date,
        ledger_lines.debit_amount - ledger_lines.credit_amount as change_amount,
        known_years.restated_date
    from ledger_lines
    left join known_years
        on coalesce(ledger_lines.company_id, '') = known_years.company_id
        and ledger_lines.year_end_date = known_years.year_end_date
    where
        ledger_lines.role_code in ('advances', 'allowance')
        and ledger_lines.posted_date <= $as_of
),

role_steps as (
    select
        role_lines.role_code,
        role_lines.company_id,
        role_lines.customer_id,
        role_lines.posted_date as step_date,
        role_lines.change_amount
    from role_lines
    union all
    select
        role_lines.role_code,
        role_lines.company_id,
        role_lines.customer_id,
        greatest(role_lines.posted_date, role_lines.restated_date) as step_date,
        -role_lines.change_amount as change_amount
    from role_lines
    where role_lines.restated_date is not null
)

select
    role_steps.role_code,
    role_steps.company_id,
    role_steps.customer_id,
    role_steps.step_date,
    cast(sum(role_steps.change_amount) as decimal(21, 3)) as change_amount
from role_steps
group by
    role_steps.role_code,
    role_steps.company_id,
    role_steps.customer_id,
    role_steps.step_date
