-- entry_lines: ledger lines entry by entry, with what a receivable line needs beside its amount.
--
-- grain:   one accepted ledger line
-- key:
-- source:  ledger_lines, account_roles
-- columns:
--   company_id          text   company of the ledger
--   year_end_date       date   closing date of the fiscal year that holds the line
--   entry_key           text   what the lines of an entry have in common (FEC.md 3)
--   posted_date         date   day of the entry
--   class_code          text   counterpart class of the account
--   net_amount          money  debit minus credit
--   is_opening_journal  flag   stands in a journal of openings
--   is_receivable       flag   stands on an account of the perimeter; only then is the rest told
--   account             text   receivable account
--   customer_id         text   auxiliary account, else the account itself (FEC.md 2)
--   customer_name       text   name of either
--   is_auxiliary        flag   whether the customer has an auxiliary account
--   journal_code        text   journal
--   entry_number        text   number of the entry as written
--   piece_reference     text   reference of the document
--   piece_date          date   day of the document
--   due_date            date   due date, where the file tells one
--   label               text   label of the line
--   letter_code         text   lettering code
--   letter_date         date   day of lettering
--   source_file         text   file
--   source_line         int    line in it
with perimeter_roles as (
    select distinct account_roles.role_code
    from account_roles
    where account_roles.is_perimeter
),

lines as (
    select
        ledger_lines.company_id,
        ledger_lines.year_end_date,
        ledger_lines.entry_key,
        ledger_lines.posted_date,
        ledger_lines.class_code,
        cast(ledger_lines.debit_amount - ledger_lines.credit_amount as decimal(21, 3))
            as net_amount,
        ledger_lines.is_opening_journal,
        perimeter_roles.role_code is not null as is_receivable,
        ledger_lines.account,
        coalesce(ledger_lines.auxiliary_id, ledger_lines.account) as customer_id,
        case
            when ledger_lines.auxiliary_id is null then ledger_lines.account_name
            else ledger_lines.auxiliary_name
        end as customer_name,
        ledger_lines.auxiliary_id is not null as is_auxiliary,
        ledger_lines.journal_code,
        ledger_lines.entry_number,
        ledger_lines.piece_reference,
        ledger_lines.piece_date,
        ledger_lines.due_date,
        ledger_lines.label,
        ledger_lines.letter_code,
        ledger_lines.letter_date,
        ledger_lines.source_file,
        ledger_lines.source_line
    from ledger_lines
    left join perimeter_roles on ledger_lines.role_code = perimeter_roles.role_code
)

-- texts of other accounts are left out: they would only fill the sort
select
    lines.company_id,
    lines.year_end_date,
    lines.entry_key,
    lines.posted_date,
    lines.class_code,
    lines.net_amount,
    lines.is_opening_journal,
    lines.is_receivable,
    case when lines.is_receivable then lines.account end as account,
    case when lines.is_receivable then lines.customer_id end as customer_id,
    case when lines.is_receivable then lines.customer_name end as customer_name,
    lines.is_auxiliary,
    case when lines.is_receivable then lines.journal_code end as journal_code,
    case when lines.is_receivable then lines.entry_number end as entry_number,
    case when lines.is_receivable then lines.piece_reference end as piece_reference,
    case when lines.is_receivable then lines.piece_date end as piece_date,
    case when lines.is_receivable then lines.due_date end as due_date,
    case when lines.is_receivable then lines.label end as label,
    case when lines.is_receivable then lines.letter_code end as letter_code,
    case when lines.is_receivable then lines.letter_date end as letter_date,
    case when lines.is_receivable then lines.source_file end as source_file,
    lines.source_line
from lines
order by lines.year_end_date, lines.entry_key
