-- promises: what customers promised to pay, and what became of it, told by cash.
--
-- grain:   one action in which a customer promised to pay on a day
-- key:     action_id, company_id, customer_id
-- source:  promise_outcomes, customers
-- params:  none
-- columns:
--   status_code      text   open, broken, partially_kept or kept
--   promised_date    date   until when
--   company_id       text   whose receivables they are
--   customer_id      text   who promised
--   customer_name    text   its name, or its identifier where it has none
--   promised_amount  money  how much; null where it was not said
--   received_amount  money  receipts that count for it, each once, oldest promise first
--   item_id          text   for which item; null for all that was due
--   action_date      date   when it was made
--   verdict_date     date   the end of the tolerance
--   collector_id     text   to whom
--   action_id        text   the action

select
    promise_outcomes.status_code,
    promise_outcomes.promised_date,
    promise_outcomes.company_id,
    promise_outcomes.customer_id,
    coalesce(customers.name, promise_outcomes.customer_id) as customer_name,
    promise_outcomes.promised_amount,
    promise_outcomes.received_amount,
    promise_outcomes.item_id,
    promise_outcomes.action_date,
    promise_outcomes.verdict_date,
    promise_outcomes.collector_id,
    promise_outcomes.action_id
from promise_outcomes
left join customers
    on promise_outcomes.company_id = coalesce(customers.company_id, '')
    and promise_outcomes.customer_id = customers.customer_id
order by promised_date desc, company_id, customer_id, action_id
