-- forecast_payers: what is known of each customer beside its payments.
--
-- grain:   one customer of known_items
-- key:     company_id, customer_id
-- source:  known_items, customers
-- params:  none
-- columns:
--   company_id       text  whose receivables they are
--   customer_id      text  who owes
--   country_code     text  where it is; null where unknown
--   payment_method   text  how it pays; null where unknown
--   is_public_body   flag  pays by the rules of public accounting

with debtors as (
    select
        known_items.company_id,
        known_items.customer_id
    from known_items
    group by known_items.company_id, known_items.customer_id
),

customer_facts as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.country_code) as country_code,
        min(customers.payment_method) as payment_method,
        coalesce(bool_or(customers.is_public_body), false) as is_public_body
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
)

select
    debtors.company_id,
    debtors.customer_id,
    customer_facts.country_code,
    customer_facts.payment_method,
    coalesce(customer_facts.is_public_body, false) as is_public_body
from debtors
left join customer_facts
    on debtors.company_id = customer_facts.company_id
    and debtors.customer_id = customer_facts.customer_id
