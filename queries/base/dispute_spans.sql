-- dispute_spans: from when to when each debit item is disputed, as known on the as-of day.
--
-- grain:   one dispute and debit item it holds
-- key:     dispute_id, item_number
-- source:  named_disputes, known_items, document_names
-- params:  none
-- columns:
--   dispute_id       text   the dispute
--   item_number      int    the debit item, of known_items
--   from_date        date   opened, or the item's posted date if later or if never said
--   to_date          date   first day it no longer holds; null while open
--   disputed_amount  money  contested part of this item, in its currency; null for the whole
--   is_undated       flag   nobody said when it was opened
--   reason_code      text   why; `unspecified` where nobody said
--   outcome_code     text   how it ended; null while open
--   posted_date      date   from which the item counts
--   due_date         date   when the item falls due; null if unknown
--   amount           money  the item's amount, in its own currency
--   answer_amount    money  the same in the currency of the answer

-- a dispute names an item; where no item bears that identifier, a document's number
with resolved_disputes as (
    select
        named_disputes.company_id,
        named_disputes.dispute_id,
        named_disputes.opened_date,
        named_disputes.closed_date,
        named_disputes.disputed_amount,
        named_disputes.reason_code,
        named_disputes.outcome_code,
        named_disputes.item_number,
        named_disputes.item_id,
        named_disputes.posted_date,
        named_disputes.due_date,
        named_disputes.amount,
        named_disputes.answer_amount
    from named_disputes
    where named_disputes.is_debit
    union all
    select
        named_disputes.company_id,
        named_disputes.dispute_id,
        named_disputes.opened_date,
        named_disputes.closed_date,
        named_disputes.disputed_amount,
        named_disputes.reason_code,
        named_disputes.outcome_code,
        known_items.item_number,
        known_items.item_id,
        known_items.posted_date,
        known_items.due_date,
        known_items.amount,
        known_items.answer_amount
    from named_disputes
    inner join document_names
        on named_disputes.company_id = document_names.company_id
        and named_disputes.item_id = document_names.name_text
    inner join known_items on document_names.item_number = known_items.item_number
    where named_disputes.item_number is null and document_names.is_one
),

-- One document can be several items (instalments, retention): its contested amount fills them in
-- the order they were posted, then fall due, and is never counted once for each. An item posted
-- later changes nothing of what was disputed before.
disputed_items as (
    select
        resolved_disputes.dispute_id,
        resolved_disputes.item_number,
        greatest(
            coalesce(resolved_disputes.opened_date, resolved_disputes.posted_date),
            resolved_disputes.posted_date
        ) as from_date,
        resolved_disputes.closed_date as to_date,
        resolved_disputes.disputed_amount,
        resolved_disputes.opened_date is null as is_undated,
        resolved_disputes.reason_code,
        resolved_disputes.outcome_code,
        resolved_disputes.posted_date,
        resolved_disputes.due_date,
        resolved_disputes.amount,
        resolved_disputes.answer_amount,
        sum(resolved_disputes.amount) over (
            partition by resolved_disputes.company_id, resolved_disputes.dispute_id
            order by
                resolved_disputes.posted_date,
                resolved_disputes.due_date,
                resolved_disputes.item_id
            rows between unbounded preceding and current row
        ) as amount_so_far
    from resolved_disputes
)

select
    disputed_items.dispute_id,
    disputed_items.item_number,
    disputed_items.from_date,
    disputed_items.to_date,
    case
        when disputed_items.disputed_amount is null then null
        else cast(
            greatest(
                least(
                    disputed_items.amount,
                    disputed_items.disputed_amount
                    - disputed_items.amount_so_far
                    + disputed_items.amount
                ),
                0
            ) as decimal(21, 3)
        )
    end as disputed_amount,
    disputed_items.is_undated,
    disputed_items.reason_code,
    disputed_items.outcome_code,
    disputed_items.posted_date,
    disputed_items.due_date,
    disputed_items.amount,
    disputed_items.answer_amount
from disputed_items
where disputed_items.to_date is null or disputed_items.to_date > disputed_items.from_date
