-- statement_differs: bank statements whose balances do not prove their entries.
--
-- grain:   one statement
-- key:
-- source:  known_statements
-- params:  none
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
    known_statements.account_iban as subject_id,
    cast(null as text) as account,
    cast(
        known_statements.opening_amount + known_statements.entries_amount
        - known_statements.closing_amount as decimal(21, 3)
    ) as amount,
    known_statements.source_file,
    cast(null as bigint) as source_line,
    concat(
        'opening ', cast(known_statements.opening_amount as text),
        ', entries ', cast(known_statements.entries_amount as text),
        ', closing ', cast(known_statements.closing_amount as text),
        ' on ', cast(known_statements.closing_date as text)
    ) as detail_text
from known_statements
where
    not known_statements.is_repeated
    and known_statements.opening_amount + known_statements.entries_amount
    <> known_statements.closing_amount
order by
    known_statements.account_iban,
    known_statements.closing_date,
    known_statements.statement_id,
    known_statements.company_id
