-- credit_movements: how the credits a customer has with us came and were used up.
--
-- grain:   one customer, currency and day; what came before $looked_from stands on that day
-- key:     company_id, customer_id, currency_code, movement_date
-- source:  known_items, known_allocations
-- params:  $looked_from date
-- kept:    no
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
        known_allocations.company_id,
        known_allocations.credit_customer_id as customer_id,
        known_allocations.currency_code,
        known_allocations.acting_date as movement_date,
        -known_allocations.answer_amount as credit_amount
    from known_allocations
),

-- what came and was used up on one day moved nothing
day_sums as (
    select
        movements.company_id,
        movements.customer_id,
        movements.currency_code,
        greatest(movements.movement_date, $looked_from) as movement_date,
        sum(movements.credit_amount) as credit_amount
    from movements
    group by
        movements.company_id,
        movements.customer_id,
        movements.currency_code,
        greatest(movements.movement_date, $looked_from)
)

select
    day_sums.company_id,
    day_sums.customer_id,
    day_sums.currency_code,
    day_sums.movement_date,
    cast(day_sums.credit_amount as decimal(21, 3)) as credit_amount
from day_sums
where day_sums.credit_amount <> 0
