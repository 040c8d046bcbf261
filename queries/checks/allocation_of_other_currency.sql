-- allocation_of_other_currency: allocations between items of two currencies.
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
-- fault:   A credit in one currency is allocated to an item in another.
-- todo:    Record the exchange in both currencies; the amount can only be of one of them.

select
    odd_allocations.debit_item_id as subject_id,
    odd_allocations.account,
    odd_allocations.amount,
    odd_allocations.source_file,
    odd_allocations.source_line,
    concat(
        'debit in ', odd_allocations.debit_currency_code,
        ', credit ', odd_allocations.credit_item_id,
        ' in ', odd_allocations.credit_currency_code
    ) as detail_text
from odd_allocations
where odd_allocations.is_other_currency
order by
    odd_allocations.debit_item_id,
    odd_allocations.credit_item_id,
    odd_allocations.acting_date
