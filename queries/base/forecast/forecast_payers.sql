-- forecast_payers: what is known of each customer beside its payments.
--
-- grain:   one customer of known_items
-- key:     customer_id
-- source:  known_items, customers
-- params:  none
-- columns:
--   customer_id      text  who owes
--   country_code     text  where it is; null where unknown
--   payment_method   text  how it pays; null where unknown
--   is_public_body   flag  pays by the rules of public accounting

with debtors as (
    select known_items.customer_id
    from known_items
    group by known_items.customer_id
),

customer_facts as (
    select
        customers.customer_id,
        min(customers.country_code) as country_code,
        min(customers.payment_method) as payment_method,
        coalesce(bool_or(customers.is_public_body), false) as is_public_body
    from customers
    group by customers.customer_id
)

select
    debtors.customer_id,
    customer_facts.country_code,
    customer_facts.payment_method,
    coalesce(customer_facts.is_public_body, false) as is_public_body
from debtors
left join customer_facts on debtors.customer_id = customer_facts.customer_id
