-- reminder_penalties: interest and fees of the items on messages that name penalties.
--
-- grain:   one item on such a message and interval of one open amount and one rate
-- key:     message_id, item_id, overdue_from_date
-- source:  reminder_plan, reminder_items, late_payment_penalties
-- params:  none
-- columns:
--   message_id           text   the message
--   item_id              text   the item
--   document_text        text   number of the document, or else the item's identifier
--   overdue_from_date    date   first day of the interval
--   to_date              date   last one
--   day_count            int    days, both included
--   overdue_amount       money  overdue on each of them, VAT included
--   rate_ratio           ratio  yearly rate; null where nobody gave it
--   interest_amount      money  what can be asked for: without what runs on a disputed part
--   recovery_fee_amount  money  on the first interval, else 0; null in another currency

-- What was waived or invoiced is not asked for again.
select
    reminder_items.message_id,
    reminder_items.item_id,
    reminder_items.document_text,
    late_payment_penalties.overdue_from_date,
    late_payment_penalties.to_date,
    late_payment_penalties.day_count,
    late_payment_penalties.overdue_amount,
    late_payment_penalties.rate_ratio,
    cast(
        late_payment_penalties.interest_amount
        - coalesce(late_payment_penalties.disputed_interest_amount, 0) as decimal(21, 3)
    ) as interest_amount,
    late_payment_penalties.recovery_fee_amount
from reminder_items
inner join reminder_plan on reminder_items.message_id = reminder_plan.message_id
inner join late_payment_penalties
    on reminder_items.company_id = late_payment_penalties.company_id
    and reminder_items.item_id = late_payment_penalties.item_id
where
    reminder_plan.has_penalties
    and late_payment_penalties.claim_code in ('claimed', 'undecided')
order by message_id, document_text, overdue_from_date, item_id
