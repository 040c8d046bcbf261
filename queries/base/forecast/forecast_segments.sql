-- forecast_segments: how each customer pays, in a word, for forecasts by segment.
--
-- grain:   one customer with a segment on $as_of
-- key:     company_id, customer_id
-- source:  payer_segments
-- params:  $as_of date
-- columns:
--   company_id    text  whose receivables they are
--   customer_id   text  who owes
--   segment_code  text  its segment on $as_of

select
    payer_segments.company_id,
    payer_segments.customer_id,
    payer_segments.segment_code
from payer_segments
where payer_segments.picture_date = $as_of
