-- allocation_of_other_customer: allocations of one customer's credit to the invoice of another.
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
-- fault:   A receipt of one customer is allocated to the invoice of another.
-- todo:    See whether one pays for the other (group, third party); if not, correct the lettering.

select
    odd_allocations.debit_item_id as subject_id,
    odd_allocations.account,
    odd_allocations.amount,
    odd_allocations.source_file,
    odd_allocations.source_line,
    concat(
        'debit of ', odd_allocations.debit_customer_id,
        ', credit ', odd_allocations.credit_item_id,
        ' of ', odd_allocations.credit_customer_id
    ) as detail_text
from odd_allocations
where odd_allocations.is_other_customer
order by
    odd_allocations.debit_item_id,
    odd_allocations.credit_item_id,
    odd_allocations.acting_date
