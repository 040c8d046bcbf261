-- insolvency_matches: notices of the official bulletin and the customers that they name, by number.
--
-- grain:   one customer and notice about it
-- key:     company_id, customer_id, notice_id
-- source:  customers, insolvency_notices
-- params:  none
-- columns:
--   company_id          text  empty where the lake holds none
--   customer_id         text  the customer
--   customer_name       text  its name, or its identifier where it has none
--   notice_id           text  the notice
--   judgment_text       text  what was judged, as the notice says
--   judgment_date       date  when; null where the notice does not say
--   published_date      date  when it was published
--   administrator_text  text  to whom claims are declared; null where the notice does not say

-- Of a SIRET its first nine digits are the SIREN; of other registers all letters and digits count.
with numbers as (
    select
        'customer' as side_code,
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id as row_id,
        customers.registration_id
    from customers
    union all
    select
        'notice' as side_code,
        coalesce(insolvency_notices.company_id, '') as company_id,
        insolvency_notices.notice_id as row_id,
        insolvency_notices.registration_id
    from insolvency_notices
),

plain_numbers as (
    select
        numbers.side_code,
        numbers.company_id,
        numbers.row_id,
        regexp_replace(
            regexp_replace(upper(numbers.registration_id), '[^0-9A-Z]', '', 'g'),
            '^([0-9]{9}).*$',
            '\1'
        ) as number_text
    from numbers
)

select
    coalesce(customers.company_id, '') as company_id,
    customers.customer_id,
    coalesce(customers.name, customers.customer_id) as customer_name,
    insolvency_notices.notice_id,
    insolvency_notices.judgment_text,
    insolvency_notices.judgment_date,
    insolvency_notices.published_date,
    insolvency_notices.administrator_text
from plain_numbers as customer_numbers
inner join plain_numbers as notice_numbers
    on customer_numbers.number_text = notice_numbers.number_text
inner join customers
    on customer_numbers.company_id = coalesce(customers.company_id, '')
    and customer_numbers.row_id = customers.customer_id
inner join insolvency_notices
    on notice_numbers.company_id = coalesce(insolvency_notices.company_id, '')
    and notice_numbers.row_id = insolvency_notices.notice_id
where
    customer_numbers.side_code = 'customer'
    and notice_numbers.side_code = 'notice'
    and customer_numbers.number_text <> ''
