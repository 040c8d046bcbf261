-- allocation_of_other_customer: a credit allocated to the invoice of a customer of another group.
--
-- grain:   one allocation
-- key:
-- source:  odd_allocations, customers
-- params:  none
-- columns:
--   subject_id   text   item named as the debit
--   account      text   its account
--   amount       money  allocated
--   source_file  text   of that item
--   source_line  int    of that item
--   detail_text  text   what was found
-- fault:   A receipt of one customer is allocated to the invoice of another.
-- todo:    If one pays for the other, give both one group_id; if not, correct the lettering.

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
left join customers as debtors
    on odd_allocations.company_id = coalesce(debtors.company_id, '')
    and odd_allocations.debit_customer_id = debtors.customer_id
left join customers as payers
    on odd_allocations.company_id = coalesce(payers.company_id, '')
    and odd_allocations.credit_customer_id = payers.customer_id
where
    odd_allocations.is_other_customer
    -- one of a group pays for the others
    and coalesce(debtors.group_id <> payers.group_id, true)
order by
    odd_allocations.debit_item_id,
    odd_allocations.credit_item_id,
    odd_allocations.acting_date
