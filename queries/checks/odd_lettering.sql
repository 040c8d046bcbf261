-- odd_lettering: lettering that cannot be: a date without a code, or before all of its lines.
--
-- grain:   one ledger line without a code, or one lettering of an account and customer
-- key:
-- source:  ledger_lines
-- params:  $as_of date
-- columns:
--   subject_id   text   customer, or the account where it has none
--   account      text   of the lettering
--   amount       money  debit of the lettering
--   source_file  text   of its first line
--   source_line  int    of its first line
--   detail_text  text   what was found
-- fault:   A lettering has a date without a code, or a date before its lines.
-- todo:    Letter these lines again in the accounting software.

-- A lettering that does not sum to 0 is no fault: it settles another year, or waits for one.
with dated_lines as (
    select
        ledger_lines.company_id,
        ledger_lines.year_end_date,
        ledger_lines.account,
        coalesce(ledger_lines.auxiliary_id, ledger_lines.account) as customer_id,
        ledger_lines.letter_code,
        ledger_lines.letter_date,
        ledger_lines.posted_date,
        ledger_lines.debit_amount,
        ledger_lines.source_file,
        ledger_lines.source_line
    from ledger_lines
    where ledger_lines.posted_date <= $as_of and ledger_lines.letter_date <= $as_of
),

letterings as (
    select
        dated_lines.account,
        dated_lines.company_id,
        dated_lines.customer_id,
        dated_lines.letter_code,
        max(dated_lines.letter_date) as letter_date,
        min(dated_lines.posted_date) as posted_date,
        sum(dated_lines.debit_amount) as debit_amount,
        min(dated_lines.source_file) as source_file,
        min(dated_lines.source_line) as source_line
    from dated_lines
    where dated_lines.letter_code is not null
    group by
        dated_lines.company_id,
        dated_lines.year_end_date,
        dated_lines.account,
        dated_lines.customer_id,
        dated_lines.letter_code
),

odd_letterings as (
    select
        letterings.account,
        letterings.company_id,
        letterings.customer_id,
        letterings.debit_amount,
        letterings.source_file,
        letterings.source_line,
        concat(
            'code ', letterings.letter_code,
            ' dated ', cast(letterings.letter_date as text),
            ', first line posted ', cast(letterings.posted_date as text)
        ) as detail_text
    from letterings
    where letterings.letter_date < letterings.posted_date
    union all
    select
        dated_lines.account,
        dated_lines.company_id,
        dated_lines.customer_id,
        dated_lines.debit_amount,
        dated_lines.source_file,
        dated_lines.source_line,
        concat('no code, dated ', cast(dated_lines.letter_date as text)) as detail_text
    from dated_lines
    where dated_lines.letter_code is null
)

select
    odd_letterings.customer_id as subject_id,
    odd_letterings.account,
    cast(odd_letterings.debit_amount as decimal(21, 3)) as amount,
    odd_letterings.source_file,
    odd_letterings.source_line,
    odd_letterings.detail_text
from odd_letterings
order by odd_letterings.source_file, odd_letterings.source_line, odd_letterings.detail_text
