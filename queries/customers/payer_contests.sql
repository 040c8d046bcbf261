-- payer_contests: what the customers asked about contested in 12 months, why, and what came of it.
--
-- grain:   one contest and item
-- key:     company_id, customer_id, contest_id, document_text
-- source:  asked_customers, contested_items, known_items, reasons
-- params:  $as_of date
-- columns:
--   company_id        text   whose receivables they are
--   customer_id       text   the customer
--   contest_id        text   the dispute, event or action
--   document_text     text   number of the document, or else the item
--   reason_code       text   why
--   owner             text   who can remove the cause
--   from_date         date   since when
--   ended_date        date   until when; null while it holds
--   contested_amount  money  the part contested, in the item's currency
--   outcome_code      text   how it ended; null while open

select
    known_items.company_id,
    known_items.customer_id,
    contested_items.contest_id,
    coalesce(known_items.reference, known_items.item_id) as document_text,
    contested_items.reason_code,
    coalesce(reasons.owner, 'collections') as owner,
    contested_items.from_date,
    contested_items.ended_date,
    contested_items.contested_amount,
    contested_items.outcome_code
from contested_items
inner join known_items on contested_items.item_number = known_items.item_number
inner join asked_customers
    on known_items.company_id = asked_customers.company_id
    and known_items.customer_id = asked_customers.customer_id
left join reasons on contested_items.reason_code = reasons.reason_code
where
    contested_items.ended_date is null
    or contested_items.ended_date > $as_of - interval '12 months'
order by
    customer_id,
    contested_items.ended_date is not null,
    from_date desc,
    contest_id,
    document_text
