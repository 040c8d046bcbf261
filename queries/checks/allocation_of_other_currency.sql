-- allocation_of_other_currency: allocations between items of two currencies.
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
-- fault:   A credit in one currency is allocated to an item in another.
-- todo:    Record the exchange in both currencies; the amount can only be of one of them.

with allocated_pairs as (
    select
        debit_items.item_id as debit_item_id,
        debit_items.account,
        debit_items.currency_code as debit_currency_code,
        debit_items.source_file,
        debit_items.source_line,
        credit_items.item_id as credit_item_id,
        credit_items.currency_code as credit_currency_code,
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
        'debit in ', allocated_pairs.debit_currency_code,
        ', credit ', allocated_pairs.credit_item_id,
        ' in ', allocated_pairs.credit_currency_code
    ) as detail_text
from allocated_pairs
where allocated_pairs.debit_currency_code <> allocated_pairs.credit_currency_code
order by
    allocated_pairs.debit_item_id,
    allocated_pairs.credit_item_id,
    allocated_pairs.acting_date
