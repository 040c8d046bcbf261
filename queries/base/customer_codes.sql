-- customer_codes: what a customer is called where one word must do.
--
-- grain:   one customer of a company
-- key:     company_id, customer_id
-- source:  items, customers
-- params:  none
-- columns:
--   company_id     text  whose receivables they are; empty where the lake holds none
--   customer_id    text  who owes
--   customer_code  text  its identifier; after its company's where several companies use the same
--   customer_name  text  its name, or its identifier where it has none

with named as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.name) as customer_name
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
),

known as (
    select
        coalesce(items.company_id, '') as company_id,
        items.customer_id
    from items
    group by coalesce(items.company_id, ''), items.customer_id
    union
    select
        named.company_id,
        named.customer_id
    from named
),

shared as (
    select
        known.customer_id,
        count(*) > 1 as is_shared
    from known
    group by known.customer_id
)

select
    known.company_id,
    known.customer_id,
    case
        when shared.is_shared then known.company_id || '/' || known.customer_id
        else known.customer_id
    end as customer_code,
    coalesce(named.customer_name, known.customer_id) as customer_name
from known
inner join shared on known.customer_id = shared.customer_id
left join named
    on known.company_id = named.company_id
    and known.customer_id = named.customer_id
