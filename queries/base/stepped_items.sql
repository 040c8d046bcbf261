-- stepped_items: the items that must be followed step by step: contested ones, and uneven ones.
--
-- grain:   one item posted on or before $as_of
-- key:     item_number
-- source:  dispute_spans, uneven_items, known_items
-- params:  none
-- columns:
--   item_number    int    the item, of known_items
--   is_uneven      flag   open again after a payment, more set against it than it bears, or settled
--                         but for a small rest or a discount of another day
--   posted_date    date   from which it counts
--   due_date       date   when it falls due; null if unknown
--   is_debit       flag   amount above zero
--   amount         money  in the item's own currency
--   answer_amount  money  the same in the currency of the answer

with uneven as (
    select distinct uneven_items.item_number
    from uneven_items
),

contested as (
    select distinct
        dispute_spans.item_number,
        dispute_spans.posted_date,
        dispute_spans.due_date,
        dispute_spans.amount,
        dispute_spans.answer_amount
    from dispute_spans
    left anti join uneven on dispute_spans.item_number = uneven.item_number
)

select
    contested.item_number,
    false as is_uneven,
    contested.posted_date,
    contested.due_date,
    contested.amount > 0 as is_debit,
    contested.amount,
    contested.answer_amount
from contested
union all
select
    uneven.item_number,
    true as is_uneven,
    known_items.posted_date,
    known_items.due_date,
    known_items.is_debit,
    known_items.amount,
    known_items.answer_amount
from uneven
inner join known_items on uneven.item_number = known_items.item_number
