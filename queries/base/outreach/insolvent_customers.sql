-- insolvent_customers: customers that a notice of the official bulletin names, by number.
--
-- grain:   one customer with a notice
-- key:     company_id, customer_id
-- source:  customers, insolvency_notices
-- params:  none
-- columns:
--   company_id      text  empty where the lake holds none
--   customer_id     text  the customer
--   published_date  date  when the first notice about it appeared

-- Of a SIRET its first nine digits are the SIREN; of other registers all letters and digits count.
with numbered_customers as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        regexp_replace(
            regexp_replace(upper(customers.registration_id), '[^0-9A-Z]', '', 'g'),
            '^([0-9]{9}).*$',
            '\1'
        ) as number_text
    from customers
    where customers.registration_id is not null
),

numbered_notices as (
    select
        regexp_replace(
            regexp_replace(upper(insolvency_notices.registration_id), '[^0-9A-Z]', '', 'g'),
            '^([0-9]{9}).*$',
            '\1'
        ) as number_text,
        min(insolvency_notices.published_date) as published_date
    from insolvency_notices
    group by number_text
)

select
    numbered_customers.company_id,
    numbered_customers.customer_id,
    min(numbered_notices.published_date) as published_date
from numbered_customers
inner join numbered_notices on numbered_customers.number_text = numbered_notices.number_text
where numbered_customers.number_text <> ''
group by numbered_customers.company_id, numbered_customers.customer_id
