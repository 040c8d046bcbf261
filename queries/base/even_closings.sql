-- even_closings: the items that were closed by the as-of day and only went down to 0 until then.
--
-- grain:   one item
-- source:  closed_items, uneven_items
-- params:  $as_of date, $in_base flag
-- kept:    no
-- columns:
--   item_number    int    the item, of known_items
--   company_id     text   whose receivables they are
--   customer_id    text   who owed
--   is_debit       flag   amount above zero
--   posted_date    date   from which it counts
--   due_date       date   as known_items says; null where unknown
--   amount         money  in the item's own currency
--   answer_amount  money  the same in the currency of the answer
--   closed_date    date   the day on which its open amount reached 0
--   is_cash        flag   a receipt acted on that day: it was paid, not credited, offset or lost
--   is_claim       flag   as known_items says

-- an item that was open again later is listed as uneven, and its line here is void
select
    closed_items.item_number,
    closed_items.company_id,
    closed_items.customer_id,
    closed_items.is_debit,
    closed_items.posted_date,
    closed_items.due_date,
    closed_items.amount,
    case when $in_base then closed_items.base_amount else closed_items.amount end
        as answer_amount,
    closed_items.closed_date,
    closed_items.is_cash,
    closed_items.is_claim
from closed_items
left anti join uneven_items on closed_items.item_number = uneven_items.item_number
where closed_items.closed_date <= $as_of
