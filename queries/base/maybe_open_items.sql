-- maybe_open_items: the items of which something may be left on the as-of day.
--
-- grain:   one item of known_items that was not closed for good by then
-- key:     item_number
-- source:  known_items, closed_items
-- params:  $as_of date
-- columns:
--   item_number     int    the item, of known_items
--   company_id      text   empty where the lake holds none
--   customer_id     text   who owes
--   account         text   receivable account; null where the source has none
--   kind            text   invoice, receipt, credit_note…
--   is_debit        flag   amount above zero: the customer owes it
--   issued_date     date   date of the document
--   due_date        date   as known_items says
--   due_is_derived  flag   the due date comes from terms, not from the source
--   amount          money  in the item's own currency, + owed to us
--   answer_amount   money  the same in the currency of the answer

-- Most of a long history is closed: only the rest is held against allocations.
with closed as (
    select closed_items.item_number
    from closed_items
    where closed_items.closed_date <= $as_of
),

-- numbers only are held against each other: whole items by the ten million would fill the memory
numbers as (
    select known_items.item_number
    from known_items
    left anti join closed on known_items.item_number = closed.item_number
)

select
    known_items.item_number,
    known_items.company_id,
    known_items.customer_id,
    known_items.account,
    known_items.kind,
    known_items.is_debit,
    known_items.issued_date,
    known_items.due_date,
    known_items.due_is_derived,
    known_items.amount,
    known_items.answer_amount
from numbers
inner join known_items on numbers.item_number = known_items.item_number
