-- statement_gap: bank statements that do not begin where the one before ended.
--
-- grain:   one statement
-- key:
-- source:  bank_statements
-- params:  $as_of date
-- columns:
--   subject_id   text   account at the bank
--   account      text   none
--   amount       money  opening − closing of the statement before
--   source_file  text   file of the statement
--   source_line  int    none
--   detail_text  text   what was found
-- fault:   A bank statement does not begin with the balance that the one before ended with.
-- todo:    Load the statements between the two.

with ordered as (
    select
        bank_statements.company_id,
        bank_statements.account_iban,
        bank_statements.statement_id,
        bank_statements.opening_amount,
        bank_statements.opening_date,
        bank_statements.closing_date,
        bank_statements.source_file,
        lag(bank_statements.closing_amount) over (
            partition by
                coalesce(bank_statements.company_id, ''),
                bank_statements.account_iban,
                bank_statements.currency_code
            order by
                bank_statements.closing_date,
                bank_statements.opening_date,
                bank_statements.statement_id
        ) as before_amount,
        lag(bank_statements.closing_date) over (
            partition by
                coalesce(bank_statements.company_id, ''),
                bank_statements.account_iban,
                bank_statements.currency_code
            order by
                bank_statements.closing_date,
                bank_statements.opening_date,
                bank_statements.statement_id
        ) as before_date
    from bank_statements
    where bank_statements.closing_date <= $as_of
)

select
    ordered.account_iban as subject_id,
    cast(null as text) as account,
    cast(ordered.opening_amount - ordered.before_amount as decimal(21, 3)) as amount,
    ordered.source_file,
    cast(null as bigint) as source_line,
    concat(
        'closing ', cast(ordered.before_amount as text),
        ' on ', cast(ordered.before_date as text),
        ', opening ', cast(ordered.opening_amount as text),
        ' on ', cast(ordered.opening_date as text)
    ) as detail_text
from ordered
where ordered.opening_amount <> ordered.before_amount
order by ordered.account_iban, ordered.closing_date, ordered.statement_id, ordered.company_id
