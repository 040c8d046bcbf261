-- entry_unbalanced: entries whose debit is not their credit.
--
-- grain:   one entry of a fiscal year, of the lines posted on or before $as_of
-- key:
-- source:  ledger_lines
-- params:  $as_of date
-- columns:
--   subject_id   text   entry
--   account      text   none
--   amount       money  debit − credit
--   source_file  text   of its first line
--   source_line  int    of its first line
--   detail_text  text   what was found
-- fault:   The debit of an entry is not equal to its credit.
-- todo:    Look for a rejected line in this entry, then ask for a complete file.

with entries as (
    select
        ledger_lines.company_id,
        ledger_lines.year_end_date,
        ledger_lines.entry_key,
        sum(ledger_lines.debit_amount) as debit_amount,
        sum(ledger_lines.credit_amount) as credit_amount,
        count(*) as line_count,
        min(ledger_lines.source_file) as source_file,
        min(ledger_lines.source_line) as source_line
    from ledger_lines
    where ledger_lines.posted_date <= $as_of
    group by ledger_lines.company_id, ledger_lines.year_end_date, ledger_lines.entry_key
)

select
    entries.entry_key as subject_id,
    cast(null as text) as account,
    cast(entries.debit_amount - entries.credit_amount as decimal(21, 3)) as amount,
    entries.source_file,
    entries.source_line,
    concat(
        'debit ', cast(entries.debit_amount as text),
        ', credit ', cast(entries.credit_amount as text),
        ', lines ', cast(entries.line_count as text)
    ) as detail_text
from entries
where entries.debit_amount <> entries.credit_amount
order by entries.source_file, entries.source_line, entries.entry_key
