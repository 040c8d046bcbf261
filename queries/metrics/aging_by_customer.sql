-- aging_by_customer: how old the open items of each customer are.
--
-- grain:   one customer with an open item on $as_of, even if the items net to 0
-- key:     company_id, customer_id
-- source:  customer_aging
-- params:  none
-- columns:
--   company_id             text   whose receivables they are
--   customer_id            text   who owes
--   customer_name          text   its name, or its identifier where it has none
--   age_unknown_amount     money  bucket age_unknown
--   not_due_amount         money  bucket not_due
--   days_1_30_amount       money  bucket 1-30
--   days_31_60_amount      money  bucket 31-60
--   days_61_90_amount      money  bucket 61-90
--   days_91_plus_amount    money  bucket 91+
--   other_buckets_amount   money  buckets of one's own with other codes: 0 with the built-in set
--   open_amount            money  sum of the buckets

select
    customer_aging.company_id,
    customer_aging.customer_id,
    customer_aging.customer_name,
    customer_aging.age_unknown_amount,
    customer_aging.not_due_amount,
    customer_aging.days_1_30_amount,
    customer_aging.days_31_60_amount,
    customer_aging.days_61_90_amount,
    customer_aging.days_91_plus_amount,
    customer_aging.other_buckets_amount,
    customer_aging.open_amount
from customer_aging
order by customer_aging.open_amount desc, customer_aging.company_id, customer_aging.customer_id
