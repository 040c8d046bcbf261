-- named_disputes: disputes known on the as-of day, each with the item of the identifier it names.
--
-- grain:   one dispute opened on or before $as_of, or nobody said when
-- key:     company_id, dispute_id
-- source:  disputes, known_items
-- params:  $as_of date
-- columns:
--   company_id       text   empty where the lake holds none
--   dispute_id       text   the dispute
--   item_id          text   what it names: an item, or a document's number
--   opened_date      date   null where nobody said
--   closed_date      date   null while open on $as_of
--   disputed_amount  money  contested part, in the item's currency; null for the whole
--   reason_code      text   why; `unspecified` where nobody said
--   outcome_code     text   how it ended; null while open
--   item_number      int    the item of that identifier, of known_items; null where there is none
--   is_debit         flag   whether that item's amount is above zero
--   posted_date      date   from which that item counts
--   due_date         date   when that item falls due; null if unknown
--   amount           money  that item's amount, in its own currency
--   answer_amount    money  the same in the currency of the answer

-- A closing after the as-of day is not known yet, nor is an outcome: neither is looked at.
select
    coalesce(disputes.company_id, '') as company_id,
    disputes.dispute_id,
    disputes.item_id,
    disputes.opened_date,
    case when disputes.closed_date <= $as_of then disputes.closed_date end as closed_date,
    disputes.disputed_amount,
    coalesce(disputes.reason_code, 'unspecified') as reason_code,
    case when disputes.closed_date <= $as_of then disputes.outcome_code end as outcome_code,
    known_items.item_number,
    known_items.is_debit,
    known_items.posted_date,
    known_items.due_date,
    known_items.amount,
    known_items.answer_amount
from disputes
left join known_items
    on coalesce(disputes.company_id, '') = known_items.company_id
    and disputes.item_id = known_items.item_id
where disputes.opened_date is null or disputes.opened_date <= $as_of
