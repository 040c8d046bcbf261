-- allocation_wrong_side: allocations that name a credit item as the debit, or the reverse.
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
-- fault:   An allocation names a credit item where a debit item belongs, or the reverse.
-- todo:    Swap the two items in the file of allocations.

with allocated_pairs as (
    select
        debit_items.item_id as debit_item_id,
        debit_items.account,
        debit_items.is_debit,
        debit_items.source_file,
        debit_items.source_line,
        credit_items.item_id as credit_item_id,
        credit_items.amount as credit_amount,
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
        'debit ', allocated_pairs.debit_item_id,
        ', credit ', allocated_pairs.credit_item_id,
        ', acting from ', cast(allocated_pairs.acting_date as text)
    ) as detail_text
from allocated_pairs
where not allocated_pairs.is_debit or allocated_pairs.credit_amount >= 0
order by
    allocated_pairs.debit_item_id,
    allocated_pairs.credit_item_id,
    allocated_pairs.acting_date
