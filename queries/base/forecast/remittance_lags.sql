-- remittance_lags: how long what customers hand over stays on the way to the bank.
--
-- grain:   one payment method of customers, or `any` for all together
-- key:     payment_method
-- source:  ledger_lines, customer_spans
-- params:  $as_of date
-- columns:
--   payment_method   text   the method; `any` for receipts of all customers
--   lag_days         int    mean days between the receipt and the bank, by amount, rounded

-- A receipt posted on an account of cheques or bills in hand (511x) reaches the bank (512x) later.
-- Mean stay = what stood on the account, summed over days, per euro that came in (J. Little, "A
-- Proof for the Queuing Formula L = λW", Operations Research 9, 1961), over the last 12 months.
with transit_days as (
    select
        coalesce(ledger_lines.company_id, '') as company_id,
        ledger_lines.account,
        ledger_lines.posted_date,
        sum(ledger_lines.debit_amount) as debit_amount,
        sum(ledger_lines.debit_amount - ledger_lines.credit_amount) as change_amount
    from ledger_lines
    where
        ledger_lines.account like '511%'
        and not ledger_lines.is_opening_journal
        and ledger_lines.posted_date <= $as_of
        and ledger_lines.posted_date > cast($as_of - interval '12' month as date)
    group by coalesce(ledger_lines.company_id, ''), ledger_lines.account, ledger_lines.posted_date
),

transit_stays as (
    select
        transit_days.company_id,
        transit_days.account,
        sum(transit_days.debit_amount) as debit_amount,
        sum(transit_days.change_amount * ($as_of - transit_days.posted_date)) as amount_days
    from transit_days
    group by transit_days.company_id, transit_days.account
),

receipts as (
    select
        coalesce(ledger_lines.company_id, '') as company_id,
        ledger_lines.entry_key,
        ledger_lines.auxiliary_id as customer_id,
        min(ledger_lines.posted_date) as posted_date,
        sum(ledger_lines.credit_amount - ledger_lines.debit_amount) as amount
    from ledger_lines
    where
        ledger_lines.role_code is not null
        and ledger_lines.auxiliary_id is not null
        and ledger_lines.posted_date <= $as_of
        and ledger_lines.posted_date > cast($as_of - interval '12' month as date)
    group by
        coalesce(ledger_lines.company_id, ''),
        ledger_lines.entry_key,
        ledger_lines.auxiliary_id
    having sum(ledger_lines.credit_amount - ledger_lines.debit_amount) > 0
),

entry_accounts as (
    select
        coalesce(ledger_lines.company_id, '') as company_id,
        ledger_lines.entry_key,
        max(case when ledger_lines.account like '511%' then ledger_lines.account end)
            as transit_account
    from ledger_lines
    where
        ledger_lines.account like '51%'
        and ledger_lines.debit_amount > ledger_lines.credit_amount
        and ledger_lines.posted_date <= $as_of
    group by coalesce(ledger_lines.company_id, ''), ledger_lines.entry_key
),

ways as (
    select
        customer_spans.payment_method,
        receipts.amount,
        coalesce(
            receipts.amount * transit_stays.amount_days / nullif(transit_stays.debit_amount, 0), 0
        ) as amount_days
    from receipts
    inner join entry_accounts
        on receipts.company_id = entry_accounts.company_id
        and receipts.entry_key = entry_accounts.entry_key
    left join transit_stays
        on entry_accounts.company_id = transit_stays.company_id
        and entry_accounts.transit_account = transit_stays.account
    left join customer_spans
        on receipts.company_id = customer_spans.company_id
        and receipts.customer_id = customer_spans.customer_id
        and (customer_spans.from_date is null or customer_spans.from_date <= receipts.posted_date)
        and (
            customer_spans.until_date is null or customer_spans.until_date > receipts.posted_date
        )
)

select
    ways.payment_method,
    cast(round(sum(ways.amount_days) / sum(ways.amount)) as bigint) as lag_days
from ways
where ways.payment_method is not null
group by ways.payment_method
union all
select
    'any' as payment_method,
    cast(round(sum(ways.amount_days) / sum(ways.amount)) as bigint) as lag_days
from ways
having sum(ways.amount) > 0
