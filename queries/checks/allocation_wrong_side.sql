-- allocation_wrong_side: allocations that name a credit item as the debit, or the reverse.
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
-- fault:   An allocation names a credit item where a debit item belongs, or the reverse.
-- todo:    Swap the two items in the file of allocations.

select
    odd_allocations.debit_item_id as subject_id,
    odd_allocations.account,
    odd_allocations.amount,
    odd_allocations.source_file,
    odd_allocations.source_line,
    concat(
        'debit ', odd_allocations.debit_item_id,
        ', credit ', odd_allocations.credit_item_id,
        ', acting from ', cast(odd_allocations.acting_date as text)
    ) as detail_text
from odd_allocations
where odd_allocations.is_wrong_side
order by
    odd_allocations.debit_item_id,
    odd_allocations.credit_item_id,
    odd_allocations.acting_date
