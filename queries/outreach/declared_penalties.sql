-- declared_penalties: interest and fees that stand with such a claim, contested or not.
--
-- grain:   one claim paid late and interval of one open amount and one rate
-- key:     company_id, item_id, overdue_from_date
-- source:  late_payment_penalties, insolvent_customers
-- params:  none
-- columns:
--   company_id           text   whose receivable it is
--   customer_id          text   who owes
--   item_id              text   the item
--   document_text        text   number of the document, or else the item's identifier
--   overdue_from_date    date   first day of the interval
--   to_date              date   last one
--   day_count            int    days, both included
--   overdue_amount       money  overdue on each of them, VAT included
--   rate_ratio           ratio  yearly rate; null where nobody gave it
--   interest_amount      money  amount × rate × days / 365
--   recovery_fee_amount  money  on the first interval, else 0; null in another currency

select
    late_payment_penalties.company_id,
    late_payment_penalties.customer_id,
    late_payment_penalties.item_id,
    late_payment_penalties.reference as document_text,
    late_payment_penalties.overdue_from_date,
    late_payment_penalties.to_date,
    late_payment_penalties.day_count,
    late_payment_penalties.overdue_amount,
    late_payment_penalties.rate_ratio,
    late_payment_penalties.interest_amount,
    late_payment_penalties.recovery_fee_amount
from late_payment_penalties
inner join insolvent_customers
    on late_payment_penalties.company_id = insolvent_customers.company_id
    and late_payment_penalties.customer_id = insolvent_customers.customer_id
where late_payment_penalties.claim_code not in ('waived', 'invoiced')
order by company_id, customer_id, document_text, overdue_from_date, item_id
