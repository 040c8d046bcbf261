-- allocation_too_precise: allocations of more decimals than their currency has.
--
-- grain:   one allocation
-- key:
-- source:  odd_allocations
-- params:  none
-- columns:
--   subject_id   text   item named as the debit
--   account      text   its account
--   amount       money  allocated
--   source_file  text   of that item
--   source_line  int    of that item
--   detail_text  text   what was found
-- fault:   What is allocated has more decimals than the currency: a rest of it can never be paid.
-- todo:    Correct the amount where the allocation was exported.

select
    odd_allocations.debit_item_id as subject_id,
    odd_allocations.account,
    odd_allocations.amount,
    odd_allocations.source_file,
    odd_allocations.source_line,
    concat(
        'in ', odd_allocations.debit_currency_code, ', credit ', odd_allocations.credit_item_id
    ) as detail_text
from odd_allocations
where odd_allocations.is_too_precise
order by
    odd_allocations.debit_item_id,
    odd_allocations.credit_item_id,
    odd_allocations.acting_date
