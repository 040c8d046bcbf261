-- payment_lags: how long after issue the cash of twelve months came.
--
-- grain:   one segment of payers with thirty payments or more, or `*` for all, and number of days
-- key:     segment_code, lag_days
-- source:  settled_spells, known_items, payers
-- params:  $as_of date
-- columns:
--   segment_code  text   the segment; `*` for all
--   lag_days      int    days from issue to payment
--   paid_amount   money  what was paid after so many days
--   total_amount  money  what was paid in all

with payments as (
    select
        payers.segment_code,
        cast(settled_spells.settled_date - known_items.issued_date as bigint) as lag_days,
        settled_spells.answer_amount
    from settled_spells
    inner join known_items on settled_spells.item_number = known_items.item_number
    inner join payers
        on settled_spells.company_id = payers.company_id
        and settled_spells.customer_id = payers.customer_id
    where
        settled_spells.is_cash
        and settled_spells.until_date is null
        and settled_spells.settled_date > $as_of - interval '12 months'
        and settled_spells.settled_date >= known_items.issued_date
),

lags as (
    select
        payments.segment_code,
        payments.lag_days,
        sum(payments.answer_amount) as paid_amount,
        count(*) as payment_count
    from payments
    group by payments.segment_code, payments.lag_days
    union all
    select
        '*' as segment_code,
        payments.lag_days,
        sum(payments.answer_amount) as paid_amount,
        count(*) as payment_count
    from payments
    group by payments.lag_days
),

sums as (
    select
        lags.segment_code,
        sum(lags.paid_amount) filter (where lags.paid_amount > 0) as paid_amount
    from lags
    group by lags.segment_code
    having sum(lags.payment_count) >= 30 or lags.segment_code = '*'
)

select
    lags.segment_code,
    lags.lag_days,
    cast(lags.paid_amount as decimal(21, 3)) as paid_amount,
    cast(sums.paid_amount as decimal(21, 3)) as total_amount
from lags
inner join sums on lags.segment_code = sums.segment_code
where lags.paid_amount > 0
