-- receivable_lines: the ledger lines of receivable accounts, each with what its entry says of it.
--
-- grain:   one accepted line of an account in the perimeter
-- key:
-- source:  ledger_lines, account_roles, counterpart_kinds, fiscal_calendar
-- columns:
--   company_id       text   company of the ledger
--   account          text   receivable account
--   customer_id      text   auxiliary account, else the account itself (FEC.md 2)
--   customer_name    text   name of either
--   is_auxiliary     flag   whether the customer has an auxiliary account
--   year_end_date    date   closing date of the fiscal year that holds the line
--   posted_date      date   day of the entry
--   journal_code     text   journal
--   entry_number     text   number of the entry as written
--   piece_reference  text   reference of the document
--   piece_date       date   day of the document
--   label            text   label of the line
--   amount           money  debit minus credit
--   letter_code      text   lettering code
--   letter_date      date   day of lettering
--   is_opening       flag   belongs to an opening entry (FEC.md 5)
--   debit_kind       text   kind of a debit item of this entry, from its largest counterpart
--   credit_kind      text   kind of a credit item of this entry, from its largest counterpart
--   source_file      text   file
--   source_line      int    line in it
with perimeter_roles as (
    select distinct account_roles.role_code
    from account_roles
    where account_roles.is_perimeter
),

lines as (
    select
        ledger_lines.company_id,
        ledger_lines.account,
        coalesce(ledger_lines.auxiliary_id, ledger_lines.account) as customer_id,
        case
            when ledger_lines.auxiliary_id is null then ledger_lines.account_name
            else ledger_lines.auxiliary_name
        end as customer_name,
        ledger_lines.auxiliary_id is not null as is_auxiliary,
        ledger_lines.year_end_date,
        ledger_lines.entry_key,
        ledger_lines.posted_date,
        ledger_lines.journal_code,
        ledger_lines.entry_number,
        ledger_lines.piece_reference,
        ledger_lines.piece_date,
        ledger_lines.label,
        ledger_lines.debit_amount - ledger_lines.credit_amount as amount,
        ledger_lines.letter_code,
        ledger_lines.letter_date,
        ledger_lines.source_file,
        ledger_lines.source_line
    from ledger_lines
    inner join perimeter_roles on ledger_lines.role_code = perimeter_roles.role_code
),

perimeter_entries as (
    select distinct lines.company_id, lines.year_end_date, lines.entry_key
    from lines
),

movements as (
    select
        ledger_lines.company_id,
        ledger_lines.year_end_date,
        ledger_lines.entry_key,
        ledger_lines.posted_date,
        ledger_lines.is_opening_journal,
        perimeter_roles.role_code is not null as is_receivable,
        counterpart_kinds.debit_kind,
        counterpart_kinds.debit_order,
        counterpart_kinds.credit_kind,
        counterpart_kinds.credit_order,
        ledger_lines.debit_amount - ledger_lines.credit_amount as net_amount
    from ledger_lines
    inner join perimeter_entries
        on ledger_lines.company_id = perimeter_entries.company_id
        and ledger_lines.year_end_date = perimeter_entries.year_end_date
        and ledger_lines.entry_key = perimeter_entries.entry_key
    inner join counterpart_kinds on ledger_lines.class_code = counterpart_kinds.class_code
    left join perimeter_roles on ledger_lines.role_code = perimeter_roles.role_code
),

-- a debit item is told by what stands on the credit side of its entry
debit_totals as (
    select
        movements.company_id,
        movements.year_end_date,
        movements.entry_key,
        movements.debit_kind,
        movements.debit_order,
        sum(-movements.net_amount) as total_amount
    from movements
    where movements.net_amount < 0
    group by
        movements.company_id,
        movements.year_end_date,
        movements.entry_key,
        movements.debit_kind,
        movements.debit_order
),

debit_kinds as (
    select
        debit_totals.company_id,
        debit_totals.year_end_date,
        debit_totals.entry_key,
        first_value(
            debit_totals.debit_kind
            order by debit_totals.total_amount desc, debit_totals.debit_order
        ) as debit_kind
    from debit_totals
    group by debit_totals.company_id, debit_totals.year_end_date, debit_totals.entry_key
),

credit_totals as (
    select
        movements.company_id,
        movements.year_end_date,
        movements.entry_key,
        movements.credit_kind,
        movements.credit_order,
        sum(movements.net_amount) as total_amount
    from movements
    where movements.net_amount > 0
    group by
        movements.company_id,
        movements.year_end_date,
        movements.entry_key,
        movements.credit_kind,
        movements.credit_order
),

credit_kinds as (
    select
        credit_totals.company_id,
        credit_totals.year_end_date,
        credit_totals.entry_key,
        first_value(
            credit_totals.credit_kind
            order by credit_totals.total_amount desc, credit_totals.credit_order
        ) as credit_kind
    from credit_totals
    group by credit_totals.company_id, credit_totals.year_end_date, credit_totals.entry_key
),

-- an opening redistributed over customers stands alone on the year's first day
opening_entries as (
    select movements.company_id, movements.year_end_date, movements.entry_key
    from movements
    inner join fiscal_calendar
        on movements.company_id = fiscal_calendar.company_id
        and movements.year_end_date = fiscal_calendar.year_end_date
    group by
        movements.company_id,
        movements.year_end_date,
        movements.entry_key,
        fiscal_calendar.year_start_date
    having
        bool_or(movements.is_opening_journal)
        or (
            bool_and(movements.is_receivable)
            and min(movements.posted_date) = fiscal_calendar.year_start_date
            and max(movements.posted_date) = fiscal_calendar.year_start_date
        )
)

select
    lines.company_id,
    lines.account,
    lines.customer_id,
    lines.customer_name,
    lines.is_auxiliary,
    lines.year_end_date,
    lines.posted_date,
    lines.journal_code,
    lines.entry_number,
    lines.piece_reference,
    lines.piece_date,
    lines.label,
    cast(lines.amount as decimal(18, 2)) as amount,
    lines.letter_code,
    lines.letter_date,
    opening_entries.entry_key is not null as is_opening,
    coalesce(debit_kinds.debit_kind, 'adjustment') as debit_kind,
    coalesce(credit_kinds.credit_kind, 'adjustment') as credit_kind,
    lines.source_file,
    lines.source_line
from lines
left join debit_kinds
    on lines.company_id = debit_kinds.company_id
    and lines.year_end_date = debit_kinds.year_end_date
    and lines.entry_key = debit_kinds.entry_key
left join credit_kinds
    on lines.company_id = credit_kinds.company_id
    and lines.year_end_date = credit_kinds.year_end_date
    and lines.entry_key = credit_kinds.entry_key
left join opening_entries
    on lines.company_id = opening_entries.company_id
    and lines.year_end_date = opening_entries.year_end_date
    and lines.entry_key = opening_entries.entry_key
order by
    lines.company_id,
    lines.account,
    lines.customer_id,
    lines.year_end_date,
    lines.posted_date,
    lines.source_line
