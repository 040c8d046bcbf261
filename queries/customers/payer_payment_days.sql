-- payer_payment_days: on which days of the month the customers asked about pay.
--
-- grain:   one customer and day of the month
-- key:     company_id, customer_id, month_day_order
-- source:  asked_customers, known_items
-- params:  $as_of date
-- columns:
--   company_id       text   whose receivables they are
--   customer_id      text   the customer
--   month_day_order  int    day of the month, 1 to 31
--   receipt_count    int    receipts on it in 12 months
--   received_amount  money  what they brought

with days as (
    select unnest(range(1, 32)) as month_day_order
),

receipts as (
    select
        known_items.company_id,
        known_items.customer_id,
        cast(date_part('day', known_items.posted_date) as bigint) as month_day_order,
        count(*) as receipt_count,
        -sum(known_items.answer_amount) as received_amount
    from known_items
    inner join asked_customers
        on known_items.company_id = asked_customers.company_id
        and known_items.customer_id = asked_customers.customer_id
    where
        known_items.kind = 'receipt'
        and known_items.amount < 0
        and known_items.posted_date > $as_of - interval '12 months'
    group by known_items.company_id, known_items.customer_id, month_day_order
)

select
    asked_customers.company_id,
    asked_customers.customer_id,
    days.month_day_order,
    coalesce(receipts.receipt_count, 0) as receipt_count,
    cast(coalesce(receipts.received_amount, 0) as decimal(21, 3)) as received_amount
from asked_customers
cross join days
left join receipts
    on
        asked_customers.company_id = receipts.company_id
        and asked_customers.customer_id = receipts.customer_id
        and days.month_day_order = receipts.month_day_order
order by company_id, customer_id, month_day_order
