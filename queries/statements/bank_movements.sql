-- bank_movements: what came and went on the company's bank accounts, each entry once.
--
-- grain:   one entry of an account
-- key:     company_id, account_iban, entry_id
-- source:  bank_entries, bank_statements
-- params:  $as_of date
-- columns:
--   company_id            text   whose account it is; empty where the lake holds none
--   account_iban          text   the account, as its IBAN or as its bank calls it
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
-- day told it before, often in other words.
with ranked as (
    select
        coalesce(bank_entries.company_id, '') as company_id,
        bank_entries.account_iban,
        bank_entries.entry_id,
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
                bank_entries.entry_id
            order by
                case bank_entries.origin_code when 'notice' then 3 when 'report' then 2 else 1 end
        ) as told_order
    from bank_entries
    where bank_entries.booking_date <= $as_of
),

covered as (
    select
        ranked.company_id,
        ranked.account_iban,
        ranked.entry_id
    from ranked
    inner join bank_statements
        on ranked.company_id = coalesce(bank_statements.company_id, '')
        and ranked.account_iban = bank_statements.account_iban
        and ranked.booking_date >= bank_statements.opening_date
        and ranked.booking_date <= bank_statements.closing_date
    where ranked.origin_code <> 'statement'
)

select
    ranked.company_id,
    ranked.account_iban,
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
left anti join covered
    on ranked.company_id = covered.company_id
    and ranked.account_iban = covered.account_iban
    and ranked.entry_id = covered.entry_id
    and ranked.origin_code <> 'statement'
where ranked.told_order = 1
order by ranked.booking_date, ranked.company_id, ranked.account_iban, ranked.entry_id
