-- odd_allocations: the allocations whose two items do not go together, and how.
--
-- grain:   one allocation
-- source:  known_allocations, known_items, currencies
-- params:  none
-- columns:
--   company_id            text   empty where the lake holds none
--   debit_item_id         text   item named as the debit
--   account               text   its account
--   debit_customer_id     text   its customer
--   debit_currency_code   text   its currency
--   source_file           text   where it was read
--   source_line           int    line in that file
--   credit_item_id        text   item named as the credit
--   credit_customer_id    text   its customer
--   credit_currency_code  text   its currency
--   acting_date           date   from when the allocation acts
--   amount                money  allocated
--   is_other_customer     flag   as known_allocations says; so the next two
--   is_other_currency     flag   two currencies
--   is_wrong_side         flag   two debits, two credits, or the one for the other
--   is_too_precise        flag   more decimals than the currency has

with judged as (
    select
        known_allocations.debit_item_number,
        known_allocations.credit_item_number,
        known_allocations.acting_date,
        known_allocations.amount,
        known_allocations.is_other_customer,
        known_allocations.is_other_currency,
        known_allocations.is_wrong_side,
        case currencies.decimal_count
            when 3 then false
            when 0 then known_allocations.amount <> floor(known_allocations.amount)
            else known_allocations.amount * 100 <> floor(known_allocations.amount * 100)
        end as is_too_precise
    from known_allocations
    left join currencies on known_allocations.currency_code = currencies.currency_code
),

odd as (
    select
        judged.debit_item_number,
        judged.credit_item_number,
        judged.acting_date,
        judged.amount,
        judged.is_other_customer,
        judged.is_other_currency,
        judged.is_wrong_side,
        judged.is_too_precise
    from judged
    where
        judged.is_other_customer
        or judged.is_other_currency
        or judged.is_wrong_side
        or judged.is_too_precise
)

select
    debit_items.company_id,
    debit_items.item_id as debit_item_id,
    debit_items.account,
    debit_items.customer_id as debit_customer_id,
    debit_items.currency_code as debit_currency_code,
    debit_items.source_file,
    debit_items.source_line,
    credit_items.item_id as credit_item_id,
    credit_items.customer_id as credit_customer_id,
    credit_items.currency_code as credit_currency_code,
    odd.acting_date,
    odd.amount,
    odd.is_other_customer,
    odd.is_other_currency,
    odd.is_wrong_side,
    odd.is_too_precise
from odd
inner join known_items as debit_items on odd.debit_item_number = debit_items.item_number
inner join known_items as credit_items on odd.credit_item_number = credit_items.item_number
