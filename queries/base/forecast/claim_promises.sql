-- claim_promises: the days on which customers promised to pay, and since when that was known.
--
-- grain:   one customer, item or all, day of the promise and day promised
-- key:     customer_id, item_number, action_date, promised_date
-- source:  promise_outcomes, known_items
-- params:  none
-- columns:
--   customer_id    text  who promised
--   item_number    int   the debit item, of known_items; null for all that was due
--   action_date    date  when it was said
--   promised_date  date  until when

select distinct
    promise_outcomes.customer_id,
    known_items.item_number,
    promise_outcomes.action_date,
    promise_outcomes.promised_date
from promise_outcomes
left join known_items
    on promise_outcomes.company_id = known_items.company_id
    and (
        promise_outcomes.item_id = known_items.item_id
        or promise_outcomes.item_id = known_items.reference
    )
    and known_items.is_debit
where promise_outcomes.promised_date is not null
