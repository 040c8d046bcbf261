-- date_outside_year: ledger lines dated outside the fiscal year of their file.
--
-- grain:   one ledger line posted on or before $as_of
-- key:
-- source:  ledger_lines, fiscal_years
-- params:  $as_of date
-- columns:
--   subject_id   text   entry
--   account      text   of the line
--   amount       money  debit − credit of the line
--   source_file  text   of the line
--   source_line  int    of the line
--   detail_text  text   what was found
-- fault:   An entry is dated outside the fiscal year of its file.
-- todo:    Check the date in the accounting software, or the year of the file.

select
    ledger_lines.entry_key as subject_id,
    ledger_lines.account,
    cast(ledger_lines.debit_amount - ledger_lines.credit_amount as decimal(21, 3)) as amount,
    ledger_lines.source_file,
    ledger_lines.source_line,
    concat(
        'dated ', cast(ledger_lines.posted_date as text),
        ', year from ', cast(fiscal_years.year_start_date as text),
        ' to ', cast(fiscal_years.year_end_date as text)
    ) as detail_text
from ledger_lines
inner join fiscal_years
    on coalesce(ledger_lines.company_id, '') = coalesce(fiscal_years.company_id, '')
    and ledger_lines.year_end_date = fiscal_years.year_end_date
where
    ledger_lines.posted_date <= $as_of
    and (
        ledger_lines.posted_date < fiscal_years.year_start_date
        or ledger_lines.posted_date > fiscal_years.year_end_date
    )
order by ledger_lines.source_file, ledger_lines.source_line
