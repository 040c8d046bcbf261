-- customer_spans: how each customer paid and stood, and from when to when.
--
-- grain:   one customer and span of days in which its files said the same
-- key:     company_id, customer_id, from_date
-- source:  dated_customers, customers
-- params:  none
-- columns:
--   company_id      text  whose customer it is; empty where its file names none
--   customer_id     text  who
--   from_date       date  the first day; null for what was seen first: it is taken to hold before
--   until_date      date  first day it held no longer; null while it holds
--   payment_method  text  how it pays; null where nobody says
--   status_code     text  insolvent, legal or factored; null where nobody says

with dated as (
    select
        coalesce(dated_customers.company_id, '') as company_id,
        dated_customers.customer_id,
        dated_customers.first_seen_date,
        dated_customers.payment_method,
        dated_customers.status_code,
        row_number() over (
            partition by coalesce(dated_customers.company_id, ''), dated_customers.customer_id
            order by dated_customers.first_seen_date
        ) as span_order,
        lead(dated_customers.first_seen_date) over (
            partition by coalesce(dated_customers.company_id, ''), dated_customers.customer_id
            order by dated_customers.first_seen_date
        ) as until_date
    from dated_customers
)

select
    dated.company_id,
    dated.customer_id,
    case when dated.span_order > 1 then dated.first_seen_date end as from_date,
    dated.until_date,
    dated.payment_method,
    dated.status_code
from dated
union all
select
    coalesce(customers.company_id, '') as company_id,
    customers.customer_id,
    cast(null as date) as from_date,
    cast(null as date) as until_date,
    min(customers.payment_method) as payment_method,
    min(customers.status_code) as status_code
from customers
left anti join dated
    on coalesce(customers.company_id, '') = dated.company_id
    and customers.customer_id = dated.customer_id
group by coalesce(customers.company_id, ''), customers.customer_id
