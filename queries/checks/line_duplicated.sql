-- line_duplicated: lines that come more than once in one entry, and need not.
--
-- grain:   one set of identical lines of an entry posted on or before $as_of
-- key:
-- source:  ledger_lines
-- params:  $as_of date
-- columns:
--   subject_id   text   entry
--   account      text   of the lines
--   amount       money  debit − credit of the repetitions
--   source_file  text   of the first
--   source_line  int    of the first
--   detail_text  text   what was found
-- fault:   Two lines of one entry are identical.
-- todo:    Make sure they are two operations; if not, correct the export and load it again.

-- An entry that balances as it is, and would not without the repetitions, holds operations that
-- look alike (two equal sales): no fault.
with distinct_lines as (
    select
        ledger_lines.company_id,
        ledger_lines.year_end_date,
        ledger_lines.entry_key,
        ledger_lines.account,
        ledger_lines.label,
        ledger_lines.debit_amount - ledger_lines.credit_amount as amount,
        count(*) as line_count,
        min(ledger_lines.source_file) as source_file,
        min(ledger_lines.source_line) as source_line
    from ledger_lines
    where ledger_lines.posted_date <= $as_of
    group by
        ledger_lines.company_id,
        ledger_lines.year_end_date,
        ledger_lines.entry_key,
        ledger_lines.posted_date,
        ledger_lines.account,
        ledger_lines.auxiliary_id,
        ledger_lines.piece_reference,
        ledger_lines.piece_date,
        ledger_lines.label,
        ledger_lines.debit_amount,
        ledger_lines.credit_amount,
        ledger_lines.letter_code,
        ledger_lines.currency_amount
),

entry_totals as (
    select
        distinct_lines.company_id,
        distinct_lines.year_end_date,
        distinct_lines.entry_key,
        sum(distinct_lines.amount * distinct_lines.line_count) as total_amount,
        sum(distinct_lines.amount) as distinct_amount
    from distinct_lines
    group by
        distinct_lines.company_id,
        distinct_lines.year_end_date,
        distinct_lines.entry_key
    having max(distinct_lines.line_count) > 1
)

select
    distinct_lines.entry_key as subject_id,
    distinct_lines.account,
    cast(distinct_lines.amount * (distinct_lines.line_count - 1) as decimal(21, 3)) as amount,
    distinct_lines.source_file,
    distinct_lines.source_line,
    concat(
        cast(distinct_lines.line_count as text), ' times: ', coalesce(distinct_lines.label, '')
    ) as detail_text
from distinct_lines
inner join entry_totals
    on distinct_lines.entry_key = entry_totals.entry_key
    and distinct_lines.year_end_date = entry_totals.year_end_date
    and coalesce(distinct_lines.company_id, '') = coalesce(entry_totals.company_id, '')
where
    distinct_lines.line_count > 1
    and (entry_totals.total_amount <> 0 or entry_totals.distinct_amount = 0)
order by distinct_lines.source_file, distinct_lines.source_line
