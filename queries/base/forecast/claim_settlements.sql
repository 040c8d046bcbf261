-- claim_settlements: what lowered a claim, when the cash came, and since when that is known.
--
-- grain:   one debit item, day on which an allocation starts to act and day the cash came
-- key:     item_number, acting_date, receipt_date
-- source:  known_allocations, known_items
-- params:  none
-- columns:
--   item_number    int    the debit item, of known_items
--   acting_date    date   from then on the item is known to be lowered
--   receipt_date   date   the day the receipt was posted, or the item if later; for what is no
--                         receipt, the acting date
--   cash_amount    money  by receipts, in the answer's currency; negative where one was taken back
--   other_amount   money  by credit notes, offsets, transfers, write-offs…

with parts as (
    select
        known_allocations.debit_item_number as item_number,
        known_allocations.acting_date,
        credits.kind = 'receipt' as is_cash,
        case
            when credits.kind = 'receipt'
                then greatest(credits.posted_date, debits.posted_date)
            else known_allocations.acting_date
        end as receipt_date,
        known_allocations.answer_amount as amount
    from known_allocations
    inner join known_items as credits
        on known_allocations.credit_item_number = credits.item_number
    inner join known_items as debits
        on known_allocations.debit_item_number = debits.item_number
)

select
    parts.item_number,
    parts.acting_date,
    parts.receipt_date,
    cast(sum(case when parts.is_cash then parts.amount else 0 end) as decimal(18, 2))
        as cash_amount,
    cast(sum(case when parts.is_cash then 0 else parts.amount end) as decimal(18, 2))
        as other_amount
from parts
group by parts.item_number, parts.acting_date, parts.receipt_date
