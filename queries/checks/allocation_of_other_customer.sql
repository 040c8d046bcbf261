-- allocation_of_other_customer: allocations of one customer's credit to the invoice of another.
--
-- grain:   one allocation
-- key:
-- source:  known_allocations, known_items
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

with allocated_pairs as (
    select
        debit_items.item_id as debit_item_id,
        debit_items.account,
        debit_items.customer_id as debit_customer_id,
        debit_items.source_file,
        debit_items.source_line,
        credit_items.item_id as credit_item_id,
        credit_items.customer_id as credit_customer_id,
        known_allocations.acting_date,
        known_allocations.amount
    from known_allocations
    inner join known_items as debit_items
        on known_allocations.debit_item_number = debit_items.item_number
    inner join known_items as credit_items
        on known_allocations.credit_item_number = credit_items.item_number
)

select
    allocated_pairs.debit_item_id as subject_id,
    allocated_pairs.account,
    allocated_pairs.amount,
    allocated_pairs.source_file,
    allocated_pairs.source_line,
    concat(
        'debit of ', allocated_pairs.debit_customer_id,
        ', credit ', allocated_pairs.credit_item_id,
        ' of ', allocated_pairs.credit_customer_id
    ) as detail_text
from allocated_pairs
where allocated_pairs.debit_customer_id <> allocated_pairs.credit_customer_id
order by
    allocated_pairs.debit_item_id,
    allocated_pairs.credit_item_id,
    allocated_pairs.acting_date
