-- claim_promises: the days on which customers promised to pay, and since when that was known.
--
-- grain:   one customer, item or all, day of the promise and day promised
-- key:     company_id, customer_id, item_number, action_date, promised_date
-- source:  promise_outcomes, document_names
-- params:  none
-- columns:
--   company_id     text  whose receivables they are
--   customer_id    text  who promised
--   item_number    int   the debit item, of known_items; null for all that was due
--   action_date    date  when it was said
--   promised_date  date  until when

select distinct
    promise_outcomes.company_id,
    promise_outcomes.customer_id,
    document_names.item_number,
    promise_outcomes.action_date,
    promise_outcomes.promised_date
from promise_outcomes
left join document_names
    on promise_outcomes.company_id = document_names.company_id
    and promise_outcomes.customer_id = document_names.customer_id
    and promise_outcomes.item_id = document_names.name_text
    and document_names.is_one_of_customer
where promise_outcomes.promised_date is not null
