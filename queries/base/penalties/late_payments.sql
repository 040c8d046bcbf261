-- late_payments: what was set against a claim, by the day on which it stops interest.
--
-- grain:   one of late_claims and day
-- key:     item_number, paid_date
-- source:  late_claims, known_allocations, list_spans, penalty_settlements
-- params:  none
-- columns:
--   item_number  int    the item, of known_items
--   paid_date    date   last day of interest on it; the day before the first where there is none
--   amount       money  what was set against the item, in its own currency

-- Money pays on the day it was booked, however late the ledger allocates it: our delay is not the
-- customer's. An allocation that was taken back falls on the day of the one it undoes, so that both
-- come to nothing: a receipt that came back never paid.
-- Between two lists of open items nobody knows the day: only the days up to the first list count.
with payments as (
    select
        late_claims.item_number,
        late_claims.first_date,
        late_claims.posted_date,
        coalesce(penalty_settlements.is_correction, false) as is_correction,
        coalesce(list_spans.after_date, known_allocations.met_date) as paid_date,
        known_allocations.amount
    from late_claims
    inner join known_allocations on late_claims.item_number = known_allocations.debit_item_number
    left join penalty_settlements on known_allocations.credit_kind = penalty_settlements.kind
    left join list_spans
        on late_claims.company_id = list_spans.company_id
        and known_allocations.met_date = list_spans.middle_date
),

-- What came before interest runs, or before the item itself was booked, bears none; nor does what
-- a correction takes off, whenever it came.
stops as (
    select
        payments.item_number,
        case
            when
                payments.is_correction
                or payments.paid_date < payments.first_date
                or payments.paid_date <= payments.posted_date
                then cast(payments.first_date - interval '1 day' as date)
            else payments.paid_date
        end as paid_date,
        payments.amount
    from payments
)

select
    stops.item_number,
    stops.paid_date,
    cast(sum(stops.amount) as decimal(21, 3)) as amount
from stops
group by stops.item_number, stops.paid_date
having sum(stops.amount) <> 0
