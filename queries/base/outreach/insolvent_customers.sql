-- insolvent_customers: customers that a notice of the official bulletin names.
--
-- grain:   one customer with a notice
-- key:     company_id, customer_id
-- source:  insolvency_matches
-- params:  none
-- columns:
--   company_id      text  empty where the lake holds none
--   customer_id     text  the customer
--   published_date  date  when the first notice about it appeared

select
    insolvency_matches.company_id,
    insolvency_matches.customer_id,
    min(insolvency_matches.published_date) as published_date
from insolvency_matches
group by insolvency_matches.company_id, insolvency_matches.customer_id
