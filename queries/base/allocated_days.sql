-- allocated_days: the allocations that act up to the as-of day, summed by what they use up and day.
--
-- grain:   one kind of credit, day and whether they were concluded
-- source:  allocation_days
-- params:  $as_of date, $in_base flag
-- columns:
--   credit_kind       text   kind of the item that is used up: receipt, credit_note…; refund:
--                            used up by what went back
--   acting_date       date   the latest of the allocation's own date and both posted dates
--   is_inferred       flag   it was not written by the source but concluded
--   amount            money  in the answer's currency, at the debit items' rates
--   allocation_count  int    allocations

select
    allocation_days.credit_kind,
    allocation_days.acting_date,
    allocation_days.is_inferred,
    cast(
        sum(case when $in_base then allocation_days.base_amount else allocation_days.amount end)
        as decimal(21, 3)
    ) as amount,
    sum(allocation_days.allocation_count) as allocation_count
from allocation_days
where allocation_days.acting_date <= $as_of
group by allocation_days.credit_kind, allocation_days.acting_date, allocation_days.is_inferred
