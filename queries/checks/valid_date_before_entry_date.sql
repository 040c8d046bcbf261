-- valid_date_before_entry_date: ledger lines validated before their own date.
--
-- grain:   one ledger line posted on or before $as_of
-- key:
-- source:  ledger_lines
-- params:  $as_of date
-- columns:
--   subject_id   text   entry
--   account      text   of the line
--   amount       money  debit − credit of the line
--   source_file  text   of the line
--   source_line  int    of the line
--   detail_text  text   what was found
-- fault:   An entry is validated before its own date.
-- todo:    Check both dates with accounting: validation cannot come before the entry.

select
    ledger_lines.entry_key as subject_id,
    ledger_lines.account,
    cast(ledger_lines.debit_amount - ledger_lines.credit_amount as decimal(21, 3)) as amount,
    ledger_lines.source_file,
    ledger_lines.source_line,
    concat(
        'dated ', cast(ledger_lines.posted_date as text),
        ', validated ', cast(ledger_lines.valid_date as text)
    ) as detail_text
from ledger_lines
where ledger_lines.posted_date <= $as_of and ledger_lines.valid_date < ledger_lines.posted_date
order by ledger_lines.source_file, ledger_lines.source_line
