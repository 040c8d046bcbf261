-- bank_movements: what came and went on the company's bank accounts, each entry once.
--
-- grain:   one entry of an account
-- key:     company_id, account_iban, origin_code, statement_id, entry_id
-- source:  bank_entries, known_statements
-- params:  $as_of date
-- columns:
--   company_id            text   whose account it is; empty where the lake holds none
--   account_iban          text   the account, as its IBAN or as its bank calls it
--   statement_id          text   the statement or notice that tells it
--   entry_id              text   the entry
--   origin_code           text   statement, report or notice: of what no statement covers yet
--   booking_date          date   when the bank booked it
--   value_date            date   from when it bears interest; null where not told
--   amount                money  above zero for what came in
--   currency_code         text   its currency
--   counterparty_name     text   who paid or was paid
--   counterparty_iban     text   from or to which account
--   remittance_text       text   what the payer wrote
--   structured_reference  text   the reference of the creditor (ISO 11649 and the like)
--   end_to_end_id         text   the reference that the payment bore from end to end
--   return_reason_code    text   why a payment came back; null for what did not

-- Of the days that a statement covers, it alone tells what was booked: notices and reports of the
-- day told it before, often in other words. Of other days reports come before notices: those of one
-- day repeat each other, and sum what notices tell one by one.
with ranked as (
    select
        coalesce(bank_entries.company_id, '') as company_id,
        bank_entries.account_iban,
        bank_entries.entry_id,
        bank_entries.statement_id,
        coalesce(bank_entries.origin_code, 'statement') as origin_code,
        bank_entries.booking_date,
        bank_entries.value_date,
        bank_entries.amount,
        bank_entries.currency_code,
        bank_entries.counterparty_name,
        bank_entries.counterparty_iban,
        bank_entries.remittance_text,
        bank_entries.structured_reference,
        bank_entries.end_to_end_id,
        bank_entries.return_reason_code,
        row_number() over (
            partition by
                coalesce(bank_entries.company_id, ''),
                bank_entries.account_iban,
                bank_entries.entry_id,
                coalesce(bank_entries.origin_code, 'statement'),
                case
                    when coalesce(bank_entries.origin_code, 'statement') <> 'report'
                        then bank_entries.statement_id
                end
            order by bank_entries.statement_id
        ) as told_order
    from bank_entries
    where bank_entries.booking_date <= $as_of
),

told_days as (
    select distinct
        ranked.company_id,
        ranked.account_iban,
        ranked.currency_code,
        ranked.booking_date,
        ranked.origin_code
    from ranked
    where ranked.origin_code in ('statement', 'report')
),

told_otherwise as (
    select
        ranked.company_id,
        ranked.account_iban,
        ranked.entry_id,
        ranked.origin_code,
        coalesce(ranked.statement_id, '') as statement_id
    from ranked
    inner join known_statements
        on ranked.company_id = known_statements.company_id
        and ranked.account_iban = known_statements.account_iban
        and ranked.currency_code = known_statements.currency_code
        and ranked.booking_date >= known_statements.opening_date
        and ranked.booking_date <= known_statements.closing_date
    where
        (
            ranked.origin_code <> 'statement'
            and (
                ranked.booking_date > known_statements.opening_date
                or ranked.booking_date = known_statements.closing_date
            )
        )
        or (
            ranked.origin_code = 'statement'
            and known_statements.is_repeated
            and ranked.statement_id = known_statements.statement_id
        )
    union all
    select
        ranked.company_id,
        ranked.account_iban,
        ranked.entry_id,
        ranked.origin_code,
        coalesce(ranked.statement_id, '') as statement_id
    from ranked
    inner join told_days
        on ranked.company_id = told_days.company_id
        and ranked.account_iban = told_days.account_iban
        and ranked.currency_code = told_days.currency_code
        and ranked.booking_date = told_days.booking_date
    where
        (ranked.origin_code = 'notice')
        or (ranked.origin_code = 'report' and told_days.origin_code = 'statement')
)

select
    ranked.company_id,
    ranked.account_iban,
    ranked.statement_id,
    ranked.entry_id,
    ranked.origin_code,
    ranked.booking_date,
    ranked.value_date,
    ranked.amount,
    ranked.currency_code,
    ranked.counterparty_name,
    ranked.counterparty_iban,
    ranked.remittance_text,
    ranked.structured_reference,
    ranked.end_to_end_id,
    ranked.return_reason_code
from ranked
left anti join told_otherwise
    on ranked.company_id = told_otherwise.company_id
    and ranked.account_iban = told_otherwise.account_iban
    and ranked.entry_id = told_otherwise.entry_id
    and ranked.origin_code = told_otherwise.origin_code
    and coalesce(ranked.statement_id, '') = told_otherwise.statement_id
where ranked.told_order = 1
order by
    ranked.booking_date,
    ranked.company_id,
    ranked.account_iban,
    ranked.statement_id,
    ranked.entry_id
