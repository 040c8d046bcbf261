-- main_receipts: the twenty receipts that matter most within the weeks of the forecast.
--
-- grain:   one open debit item, of the twenty that bring most
-- key:     company_id, item_id
-- source:  payment_probabilities
-- params:  $language text
-- columns:
--   company_id     text   empty where the lake holds none
--   customer_id    text   who owes
--   customer_name  text   its name; null where unknown
--   reference      text   number of the document
--   item_id        text   identifier, stable across loads
--   due_date       date   null where unknown
--   open_amount    money  what is open
--   mean_amount    money  cash expected of it within the weeks, on average
--   expected_date  date   as payment_probabilities
--   p10_date       date   one chance in ten that it is paid by then
--   p90_date       date   nine chances in ten
--   p_late_ratio   ratio  chance of being paid after the due date; null where unknown
--   why_text       text   what the expected date rests on

select
    payment_probabilities.company_id,
    payment_probabilities.customer_id,
    payment_probabilities.customer_name,
    payment_probabilities.reference,
    payment_probabilities.item_id,
    payment_probabilities.due_date,
    payment_probabilities.open_amount,
    payment_probabilities.mean_amount,
    payment_probabilities.expected_date,
    payment_probabilities.p10_date,
    payment_probabilities.p90_date,
    payment_probabilities.p_late_ratio,
    payment_probabilities.why_text
from payment_probabilities
where payment_probabilities.mean_amount > 0
order by mean_amount desc, company_id, item_id
limit 20
