-- payer_course: how late the customers asked about paid, month by month, over 24 months.
--
-- grain:   one customer and month
-- key:     company_id, customer_id, month_end_date
-- source:  asked_customers, known_items, settled_spells
-- params:  $as_of date
-- columns:
--   company_id       text     whose receivables they are
--   customer_id      text     the customer
--   month_end_date   date     the end of the month
--   billed_amount    money    invoices issued in it
--   received_amount  money    receipts posted in it
--   settled_count    int      items paid in it
--   late_days        decimal  their days late, by amount; null if none was paid
--   late_count       int      of these, paid late

with numbers as (
    select unnest(range(0, 24)) as back_number
),

current_months as (
    select
        month_number(cast($as_of as date)) as month_number
),

months as (
    select
        cast(
            make_date(
                (current_months.month_number - numbers.back_number + 1) / 12,
                (current_months.month_number - numbers.back_number + 1) % 12 + 1,
                1
            ) - interval '1 day' as date
        ) as month_end_date
    from numbers
    cross join current_months
),

own_items as (
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.item_number,
        known_items.kind,
        known_items.is_debit,
        known_items.issued_date,
        known_items.posted_date,
        known_items.due_date,
        known_items.answer_amount
    from known_items
    inner join asked_customers
        on known_items.company_id = asked_customers.company_id
        and known_items.customer_id = asked_customers.customer_id
),

billed as (
    select
        own_items.company_id,
        own_items.customer_id,
        last_day(own_items.issued_date) as month_end_date,
        sum(own_items.answer_amount) as billed_amount
    from own_items
    where own_items.kind = 'invoice' and own_items.issued_date <= $as_of
    group by own_items.company_id, own_items.customer_id, month_end_date
),

received as (
    select
        own_items.company_id,
        own_items.customer_id,
        last_day(own_items.posted_date) as month_end_date,
        -sum(own_items.answer_amount) as received_amount
    from own_items
    where own_items.kind = 'receipt'
    group by own_items.company_id, own_items.customer_id, month_end_date
),

settled as (
    select
        own_items.company_id,
        own_items.customer_id,
        last_day(settled_spells.settled_date) as month_end_date,
        count(*) as settled_count,
        sum(case when settled_spells.settled_date > own_items.due_date then 1 else 0 end)
            as late_count,
        sum(
            cast(
                cast(settled_spells.settled_date - own_items.due_date as bigint)
                * own_items.answer_amount as decimal(38, 3)
            )
        ) as late_day_amount,
        sum(own_items.answer_amount) as settled_amount
    from settled_spells
    inner join own_items on settled_spells.item_number = own_items.item_number
    where
        settled_spells.is_cash
        and settled_spells.until_date is null
        and own_items.due_date is not null
    group by own_items.company_id, own_items.customer_id, month_end_date
)

select
    asked_customers.company_id,
    asked_customers.customer_id,
    months.month_end_date,
    cast(coalesce(billed.billed_amount, 0) as decimal(21, 3)) as billed_amount,
    cast(coalesce(received.received_amount, 0) as decimal(21, 3)) as received_amount,
    coalesce(settled.settled_count, 0) as settled_count,
    cast(
        cast(settled.late_day_amount as decimal(50, 8))
        / nullif(cast(settled.settled_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as late_days,
    coalesce(settled.late_count, 0) as late_count
from asked_customers
cross join months
left join billed
    on
        asked_customers.company_id = billed.company_id
        and asked_customers.customer_id = billed.customer_id
        and months.month_end_date = billed.month_end_date
left join received
    on
        asked_customers.company_id = received.company_id
        and asked_customers.customer_id = received.customer_id
        and months.month_end_date = received.month_end_date
left join settled
    on
        asked_customers.company_id = settled.company_id
        and asked_customers.customer_id = settled.customer_id
        and months.month_end_date = settled.month_end_date
order by company_id, customer_id, month_end_date
