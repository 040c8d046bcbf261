-- credit_limits: customers that owe more than their credit limit, by how much and since when.
--
-- grain:   one customer above its limit
-- key:     company_id, customer_id
-- source:  customer_aging, customers, known_items
-- params:  $as_of date
-- columns:
--   company_id             text   whose receivables they are
--   customer_id            text   who owes
--   customer_name          text   its name, or its identifier where it has none
--   credit_limit_amount    money  what its file allows
--   open_amount            money  what it owes, credits included
--   over_limit_amount      money  the difference
--   over_limit_since_date  date   the day from which on it always owed more than today's limit
--   overdue_amount         money  its debit items past due
--   collector_id           text   who follows it, as its file says

with limits as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        customers.credit_limit_amount,
        customers.collector_id
    from customers
    where customers.credit_limit_amount is not null
),

exceeded as (
    select
        customer_aging.company_id,
        customer_aging.customer_id,
        customer_aging.customer_name,
        customer_aging.open_amount,
        customer_aging.gross_overdue_amount,
        limits.credit_limit_amount,
        limits.collector_id
    from customer_aging
    inner join limits
        on customer_aging.company_id = limits.company_id
        and customer_aging.customer_id = limits.customer_id
    where customer_aging.open_amount > limits.credit_limit_amount
),

-- an allocation moves nothing between what a customer owes and what it is owed: postings alone do
posted as (
    select
        exceeded.company_id,
        exceeded.customer_id,
        exceeded.credit_limit_amount,
        known_items.posted_date,
        sum(known_items.answer_amount) as posted_amount
    from known_items
    inner join exceeded
        on known_items.company_id = exceeded.company_id
        and known_items.customer_id = exceeded.customer_id
    where known_items.posted_date <= $as_of
    group by
        exceeded.company_id,
        exceeded.customer_id,
        exceeded.credit_limit_amount,
        known_items.posted_date
),

balances as (
    select
        posted.company_id,
        posted.customer_id,
        posted.posted_date,
        sum(posted.posted_amount) over (
            partition by posted.company_id, posted.customer_id
            order by posted.posted_date
            rows between unbounded preceding and current row
        ) > posted.credit_limit_amount as is_over
    from posted
),

last_within as (
    select
        balances.company_id,
        balances.customer_id,
        max(balances.posted_date) as posted_date
    from balances
    where not balances.is_over
    group by balances.company_id, balances.customer_id
),

since as (
    select
        balances.company_id,
        balances.customer_id,
        min(balances.posted_date) as since_date
    from balances
    left join last_within
        on balances.company_id = last_within.company_id
        and balances.customer_id = last_within.customer_id
    where last_within.posted_date is null or balances.posted_date > last_within.posted_date
    group by balances.company_id, balances.customer_id
)

select
    exceeded.company_id,
    exceeded.customer_id,
    exceeded.customer_name,
    exceeded.credit_limit_amount,
    exceeded.open_amount,
    cast(exceeded.open_amount - exceeded.credit_limit_amount as decimal(21, 3))
        as over_limit_amount,
    since.since_date as over_limit_since_date,
    exceeded.gross_overdue_amount as overdue_amount,
    exceeded.collector_id
from exceeded
left join since
    on exceeded.company_id = since.company_id
    and exceeded.customer_id = since.customer_id
order by over_limit_amount desc, exceeded.company_id, exceeded.customer_id
