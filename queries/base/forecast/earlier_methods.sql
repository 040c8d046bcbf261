-- earlier_methods: how customers paid before they paid as they do now.
--
-- grain:   one customer and span of days that is over
-- key:     company_id, customer_id, until_date
-- source:  customer_spans
-- params:  $as_of date
-- columns:
--   company_id      text  whose customer it is; empty where its file names none
--   customer_id     text  who
--   until_date      date  first day it paid so no longer
--   payment_method  text  how it paid; null where unknown

select
    customer_spans.company_id,
    customer_spans.customer_id,
    customer_spans.until_date,
    customer_spans.payment_method
from customer_spans
where customer_spans.until_date <= $as_of
