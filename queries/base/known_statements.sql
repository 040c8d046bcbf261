-- known_statements: the statements of the company's bank accounts, and which are told twice.
--
-- grain:   one statement
-- key:     company_id, account_iban, currency_code, statement_id, closing_date
-- source:  bank_statements
-- params:  $as_of date
-- columns:
--   company_id      text   whose account it is; empty where the lake holds none
--   account_iban    text   the account, as its IBAN or as its bank calls it
--   statement_id    text   what the bank calls the statement
--   statement_order int    among the statements of one day
--   opening_date    date   day of the balance it begins with
--   opening_amount  money  that balance
--   closing_date    date   day of the balance it ends with
--   closing_amount  money  that balance
--   entries_amount  money  what its entries sum to
--   currency_code   text   currency of the account
--   source_file     text   the file
--   is_repeated     flag   another one leads from the same balance to the same balance of that day:
--     the same statement in another form

select
    coalesce(bank_statements.company_id, '') as company_id,
    bank_statements.account_iban,
    bank_statements.statement_id,
    bank_statements.statement_order,
    bank_statements.opening_date,
    bank_statements.opening_amount,
    bank_statements.closing_date,
    bank_statements.closing_amount,
    bank_statements.entries_amount,
    bank_statements.currency_code,
    bank_statements.source_file,
    row_number() over (
        partition by
            coalesce(bank_statements.company_id, ''),
            bank_statements.account_iban,
            bank_statements.currency_code,
            bank_statements.closing_date,
            bank_statements.opening_amount,
            bank_statements.closing_amount
        order by bank_statements.statement_id
    ) > 1 as is_repeated
from bank_statements
where bank_statements.closing_date <= $as_of
