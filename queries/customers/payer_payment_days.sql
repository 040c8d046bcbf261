-- payer_payment_days: on which days of the month the customer pays.
--
-- grain:   one day of the month
-- key:     month_day_order
-- source:  known_items
-- params:  $as_of date, $customer_id text
-- columns:
--   month_day_order  int    day of the month, 1 to 31
--   receipt_count    int    receipts on it in 12 months
--   received_amount  money  what they brought

with days as (
    select unnest(range(1, 32)) as month_day_order
),

receipts as (
    select
        cast(date_part('day', known_items.posted_date) as bigint) as month_day_order,
        count(*) as receipt_count,
        -sum(known_items.answer_amount) as received_amount
    from known_items
    where
        known_items.customer_id = $customer_id
        and known_items.kind = 'receipt'
        and known_items.amount < 0
        and known_items.posted_date > $as_of - interval '12 months'
    group by month_day_order
)

select
    days.month_day_order,
    coalesce(receipts.receipt_count, 0) as receipt_count,
    cast(coalesce(receipts.received_amount, 0) as decimal(18, 2)) as received_amount
from days
left join receipts on days.month_day_order = receipts.month_day_order
order by month_day_order
