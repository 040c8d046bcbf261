-- settled_spells: from when to when a debit item was settled, and whether cash did it.
--
-- grain:   one debit item and day on which it was settled
-- key:     item_number, settled_date
-- source:  even_closings, stepped_spells
-- params:  none
-- kept:    no
-- columns:
--   item_number    int    the item, of known_items
--   company_id     text   whose receivables they are
--   customer_id    text   who owed
--   due_date       date   as known_items says; null where unknown
--   answer_amount  money  its amount, in the currency of the answer
--   settled_date   date   the day on which all but the tolerance was settled
--   from_date      date   since when that is known: a discount may be booked after the receipt
--   until_date     date   the day it was open again; null if it never was
--   is_cash        flag   a claim that a receipt settled: not credited, offset, moved or lost
--   is_stepped     flag   followed step by step: something of it may be left open

-- Even items were closed once, and for good, as their load says; the others are followed day by
-- day.
select
    even_closings.item_number,
    even_closings.company_id,
    even_closings.customer_id,
    even_closings.due_date,
    even_closings.answer_amount,
    even_closings.closed_date as settled_date,
    even_closings.closed_date as from_date,
    cast(null as date) as until_date,
    even_closings.is_cash and even_closings.is_claim as is_cash,
    false as is_stepped
from even_closings
where even_closings.is_debit
union all
select
    stepped_spells.item_number,
    stepped_spells.company_id,
    stepped_spells.customer_id,
    stepped_spells.due_date,
    stepped_spells.answer_amount,
    stepped_spells.settled_date,
    stepped_spells.from_date,
    stepped_spells.until_date,
    stepped_spells.is_cash,
    true as is_stepped
from stepped_spells
