-- claim_settlements: what lowered a claim, when the cash came, and since when that is known.
--
-- grain:   one allocation that acts on or before $as_of
-- source:  known_allocations, list_spans
-- params:  none
-- kept:    no
-- columns:
--   item_number    int    the debit item, of known_items
--   acting_date    date   from then on the item is known to be lowered
--   receipt_date   date   the day the receipt was posted, or the item if later; for what is no
--                         receipt, the acting date
--   cash_amount    money  by a receipt, in the answer's currency; negative where it was taken back
--   other_amount   money  by a credit note, offset, transfer, write-off…
--   after_date     date   where only lists of open items tell: the last that still held it
--   by_date        date   the list that no longer did: cash came after the one, by the other

select
    known_allocations.debit_item_number as item_number,
    known_allocations.acting_date,
    case
        when known_allocations.credit_kind = 'receipt' then known_allocations.met_date
        else known_allocations.acting_date
    end as receipt_date,
    case
        when known_allocations.credit_kind = 'receipt' then known_allocations.answer_amount
        else cast(0 as decimal(21, 3))
    end as cash_amount,
    case
        when known_allocations.credit_kind = 'receipt' then cast(0 as decimal(21, 3))
        else known_allocations.answer_amount
    end as other_amount,
    list_spans.after_date,
    list_spans.by_date
from known_allocations
left join list_spans
    on known_allocations.company_id = list_spans.company_id
    and known_allocations.is_inferred
    and known_allocations.met_date > list_spans.after_date
    and known_allocations.met_date <= list_spans.by_date
