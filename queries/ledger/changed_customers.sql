-- changed_customers: customers that pay or stand otherwise than their files said when last seen.
--
-- grain:   one customer of which something new is said
-- key:     company_id, customer_id
-- source:  customers, dated_customers
-- params:  $as_of date
-- columns:
--   company_id       text  whose customer it is; null where its file names none
--   customer_id      text  who
--   first_seen_date  date  the day of the question
--   payment_method   text  how it pays; null where nobody says
--   status_code      text  insolvent, legal or factored; null where nobody says

with seen as (
    select
        coalesce(dated_customers.company_id, '') as company_id,
        dated_customers.customer_id,
        dated_customers.payment_method,
        dated_customers.status_code,
        row_number() over (
            partition by coalesce(dated_customers.company_id, ''), dated_customers.customer_id
            order by dated_customers.first_seen_date desc
        ) as latest_order
    from dated_customers
    where dated_customers.first_seen_date <= $as_of
),

told as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.payment_method) as payment_method,
        min(customers.status_code) as status_code
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
),

changed as (
    select
        told.company_id,
        told.customer_id,
        told.payment_method,
        told.status_code
    from told
    left join seen
        on told.company_id = seen.company_id
        and told.customer_id = seen.customer_id
        and seen.latest_order = 1
    where
        (told.payment_method is distinct from seen.payment_method)
        or (told.status_code is distinct from seen.status_code)
)

select
    nullif(changed.company_id, '') as company_id,
    changed.customer_id,
    cast($as_of as date) as first_seen_date,
    changed.payment_method,
    changed.status_code
from changed
order by changed.customer_id, changed.payment_method, changed.status_code
