-- payer_promises: what the customers asked about promised, and what became of it.
--
-- grain:   one promise
-- key:     company_id, customer_id, action_id
-- source:  asked_customers, promises
-- columns:
--   company_id       text   whose receivables they are
--   customer_id      text   the customer
--   action_id        text   the action
--   status_code      text   open, broken, partially_kept or kept
--   promised_date    date   until when
--   promised_amount  money  how much; null where it was not said
--   received_amount  money  receipts that count for it
--   item_id          text   for which item; null for all that was due
--   action_date      date   when it was made

select
    promises.company_id,
    promises.customer_id,
    promises.action_id,
    promises.status_code,
    promises.promised_date,
    promises.promised_amount,
    promises.received_amount,
    promises.item_id,
    promises.action_date
from promises
inner join asked_customers
    on promises.company_id = asked_customers.company_id
    and promises.customer_id = asked_customers.customer_id
order by company_id, customer_id, promised_date desc, action_id
