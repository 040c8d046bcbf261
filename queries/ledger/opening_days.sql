-- opening_days: the day on which each fiscal year opens, where it has opening entries.
--
-- grain:   one fiscal year with opening entries
-- key:     company_id, year_end_date
-- source:  ledger_lines, account_roles, fiscal_calendar
-- columns:
--   company_id     text  company of the ledger
--   year_end_date  date  closing date of the year
--   opening_date   date  earliest day of its opening entries
with perimeter_roles as (
    select distinct account_roles.role_code
    from account_roles
    where account_roles.is_perimeter
),

journal_openings as (
    select ledger_lines.company_id, ledger_lines.year_end_date, ledger_lines.posted_date
    from ledger_lines
    where ledger_lines.is_opening_journal
),

-- an opening redistributed over customers stands alone on the year's first day
first_day_openings as (
    select ledger_lines.company_id, ledger_lines.year_end_date, fiscal_calendar.year_start_date
    from ledger_lines
    inner join fiscal_calendar
        on ledger_lines.company_id = fiscal_calendar.company_id
        and ledger_lines.year_end_date = fiscal_calendar.year_end_date
    left join perimeter_roles on ledger_lines.role_code = perimeter_roles.role_code
    where ledger_lines.posted_date = fiscal_calendar.year_start_date
    group by
        ledger_lines.company_id,
        ledger_lines.year_end_date,
        ledger_lines.entry_key,
        fiscal_calendar.year_start_date
    having count(*) = count(perimeter_roles.role_code)
),

openings as (
    select
        journal_openings.company_id,
        journal_openings.year_end_date,
        journal_openings.posted_date as opening_date
    from journal_openings
    union all
    select
        first_day_openings.company_id,
        first_day_openings.year_end_date,
        first_day_openings.year_start_date as opening_date
    from first_day_openings
)

select
    openings.company_id,
    openings.year_end_date,
    min(openings.opening_date) as opening_date
from openings
group by openings.company_id, openings.year_end_date
order by openings.company_id, openings.year_end_date
