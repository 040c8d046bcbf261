-- dispute_spans: from when to when each debit item is disputed, as known on the as-of day.
--
-- grain:   one dispute and debit item it holds
-- key:     dispute_id, item_number
-- source:  disputes, known_items
-- params:  $as_of date
-- columns:
--   dispute_id       text   the dispute
--   item_number      int    the debit item, of known_items
--   from_date        date   opened, or the item's posted date if later or if never said
--   to_date          date   first day it no longer holds; null while open
--   disputed_amount  money  contested part of this item, in its currency; null for the whole
--   is_undated       flag   nobody said when it was opened
--   reason_code      text   why; `unspecified` where nobody said
--   outcome_code     text   how it ended; null while open

-- A closing after the as-of day is not known yet, nor is an outcome: neither is looked at.
with known_disputes as (
    select
        coalesce(disputes.company_id, '') as company_id,
        disputes.dispute_id,
        disputes.item_id,
        disputes.opened_date,
        case when disputes.closed_date <= $as_of then disputes.closed_date end as closed_date,
        disputes.disputed_amount,
        coalesce(disputes.reason_code, 'unspecified') as reason_code,
        case when disputes.closed_date <= $as_of then disputes.outcome_code end as outcome_code
    from disputes
    where disputes.opened_date is null or disputes.opened_date <= $as_of
),

-- a dispute names an item; where no item bears that identifier, a document's number
resolved_disputes as (
    select
        known_disputes.company_id,
        known_disputes.dispute_id,
        known_disputes.opened_date,
        known_disputes.closed_date,
        known_disputes.disputed_amount,
        known_disputes.reason_code,
        known_disputes.outcome_code,
        coalesce(named_items.item_number, referenced_items.item_number) as item_number
    from known_disputes
    left join known_items as named_items
        on known_disputes.company_id = named_items.company_id
        and known_disputes.item_id = named_items.item_id
    left join known_items as referenced_items
        on known_disputes.company_id = referenced_items.company_id
        and known_disputes.item_id = referenced_items.reference
        and named_items.item_number is null
        and referenced_items.is_debit
),

-- One document can be several items (instalments, retention): its contested amount fills them in
-- the order they were posted, then fall due, and is never counted once for each. An item posted
-- later changes nothing of what was disputed before.
disputed_items as (
    select
        resolved_disputes.dispute_id,
        resolved_disputes.item_number,
        greatest(
            coalesce(resolved_disputes.opened_date, known_items.posted_date),
            known_items.posted_date
        ) as from_date,
        resolved_disputes.closed_date as to_date,
        resolved_disputes.disputed_amount,
        resolved_disputes.opened_date is null as is_undated,
        resolved_disputes.reason_code,
        resolved_disputes.outcome_code,
        known_items.amount,
        sum(known_items.amount) over (
            partition by resolved_disputes.company_id, resolved_disputes.dispute_id
            order by known_items.posted_date, known_items.due_date, known_items.item_id
            rows between unbounded preceding and current row
        ) as amount_so_far
    from resolved_disputes
    inner join known_items on resolved_disputes.item_number = known_items.item_number
    where known_items.is_debit
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
            ) as decimal(18, 2)
        )
    end as disputed_amount,
    disputed_items.is_undated,
    disputed_items.reason_code,
    disputed_items.outcome_code
from disputed_items
where disputed_items.to_date is null or disputed_items.to_date > disputed_items.from_date
