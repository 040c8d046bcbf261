-- statement_differs: bank statements whose balances do not prove their entries.
--
-- grain:   one statement
-- key:
-- source:  bank_statements
-- params:  $as_of date
-- columns:
--   subject_id   text   account at the bank
--   account      text   none
--   amount       money  opening + entries − closing
--   source_file  text   file of the statement
--   source_line  int    none
--   detail_text  text   what was found
-- fault:   The opening balance and the entries of a statement do not come to its closing balance.
-- todo:    Ask the bank for the whole statement and load it under the same name.

select
    bank_statements.account_iban as subject_id,
    cast(null as text) as account,
    cast(
        bank_statements.opening_amount + bank_statements.entries_amount
        - bank_statements.closing_amount as decimal(21, 3)
    ) as amount,
    bank_statements.source_file,
    cast(null as bigint) as source_line,
    concat(
        'opening ', cast(bank_statements.opening_amount as text),
        ', entries ', cast(bank_statements.entries_amount as text),
        ', closing ', cast(bank_statements.closing_amount as text),
        ' on ', cast(bank_statements.closing_date as text)
    ) as detail_text
from bank_statements
where
    bank_statements.closing_date <= $as_of
    and bank_statements.opening_amount + bank_statements.entries_amount
    <> bank_statements.closing_amount
order by
    bank_statements.account_iban,
    bank_statements.closing_date,
    bank_statements.statement_id,
    bank_statements.company_id
