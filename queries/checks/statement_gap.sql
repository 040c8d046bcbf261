-- statement_gap: bank statements that begin with a balance with which none before them ended.
--
-- grain:   one statement
-- key:
-- source:  known_statements
-- params:  none
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
        known_statements.company_id,
        known_statements.account_iban,
        known_statements.currency_code,
        known_statements.statement_id,
        known_statements.opening_amount,
        known_statements.opening_date,
        known_statements.closing_date,
        known_statements.source_file,
        lag(known_statements.closing_amount) over (
            partition by
                known_statements.company_id,
                known_statements.account_iban,
                known_statements.currency_code
            order by
                known_statements.closing_date,
                known_statements.opening_date,
                known_statements.statement_order,
                known_statements.statement_id
        ) as before_amount,
        lag(known_statements.closing_date) over (
            partition by
                known_statements.company_id,
                known_statements.account_iban,
                known_statements.currency_code
            order by
                known_statements.closing_date,
                known_statements.opening_date,
                known_statements.statement_order,
                known_statements.statement_id
        ) as before_date
    from known_statements
    where not known_statements.is_repeated
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
left anti join known_statements
    on ordered.company_id = known_statements.company_id
    and ordered.account_iban = known_statements.account_iban
    and ordered.currency_code = known_statements.currency_code
    and ordered.opening_amount = known_statements.closing_amount
    and ordered.statement_id <> known_statements.statement_id
    and ordered.closing_date >= known_statements.closing_date
where ordered.opening_amount <> ordered.before_amount
order by ordered.account_iban, ordered.closing_date, ordered.statement_id, ordered.company_id
