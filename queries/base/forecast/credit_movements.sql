-- credit_movements: how the credits a customer has with us came and were used up.
--
-- grain:   one company, customer, currency and day on which its credits change
-- key:     company_id, customer_id, currency_code, movement_date
-- source:  known_items, known_allocations
-- params:  none
-- columns:
--   company_id       text   empty where the lake holds none
--   customer_id      text   whose credits
--   currency_code    text   their currency
--   movement_date    date   the day
--   credit_amount    money  + new receipts and credit notes, − what was set against items; in the
--                           answer's currency

with movements as (
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.currency_code,
        known_items.posted_date as movement_date,
        -known_items.answer_amount as credit_amount
    from known_items
    where not known_items.is_debit
    union all
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.currency_code,
        known_allocations.acting_date as movement_date,
        -known_allocations.answer_amount as credit_amount
    from known_allocations
    inner join known_items on known_allocations.credit_item_number = known_items.item_number
)

select
    movements.company_id,
    movements.customer_id,
    movements.currency_code,
    movements.movement_date,
    cast(sum(movements.credit_amount) as decimal(18, 2)) as credit_amount
from movements
group by
    movements.company_id, movements.customer_id, movements.currency_code, movements.movement_date
having sum(movements.credit_amount) <> 0
