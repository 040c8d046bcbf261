-- credits: money and credits that are not set against an invoice yet, by kind, and advances.
--
-- grain:   one kind of open credit item, and advances received
-- key:     credit_code
-- source:  credit_balances, receivables_by_day
-- params:  $as_of date
-- columns:
--   credit_code       text   receipt, credit_note…: kinds of items; advances: accounts 419*
--   open_count        int    open credit items; null for advances, which are balances
--   open_amount       money  below zero; all but advances sum to unallocated_amount of receivables
--   over_30_amount    money  the part of it issued more than 30 days ago
--   oldest_date       date   date of the oldest document
--   coverable_amount  money  what open debit items of the same customers would use up at once

with kinds as (
    select
        credit_balances.kind as credit_code,
        count(*) as open_count,
        sum(credit_balances.open_amount) as open_amount,
        sum(case when credit_balances.age_days > 30 then credit_balances.open_amount else 0 end)
            as over_30_amount,
        min(credit_balances.issued_date) as oldest_date,
        sum(credit_balances.coverable_amount) as coverable_amount
    from credit_balances
    group by credit_balances.kind
)

select
    kinds.credit_code,
    kinds.open_count,
    cast(kinds.open_amount as decimal(21, 3)) as open_amount,
    cast(kinds.over_30_amount as decimal(21, 3)) as over_30_amount,
    kinds.oldest_date,
    cast(kinds.coverable_amount as decimal(21, 3)) as coverable_amount
from kinds
union all
select
    'advances' as credit_code,
    cast(null as bigint) as open_count,
    receivables_by_day.advances_amount as open_amount,
    cast(null as decimal(21, 3)) as over_30_amount,
    cast(null as date) as oldest_date,
    cast(null as decimal(21, 3)) as coverable_amount
from receivables_by_day
where receivables_by_day.as_of_date = $as_of and receivables_by_day.advances_amount <> 0
order by open_amount, credit_code
