-- credit_movements: how the credits a customer has with us came and were used up.
--
-- grain:   one credit item posted, or one allocation of it
-- source:  known_items, known_allocations
-- params:  none
-- kept:    no
-- columns:
--   company_id       text   empty where the lake holds none
--   customer_id      text   whose credits
--   currency_code    text   their currency
--   movement_date    date   the day
--   credit_amount    money  + new receipts and credit notes, − what was set against items; in the
--                           answer's currency

select
    known_items.company_id,
    known_items.customer_id,
    known_items.currency_code,
    known_items.posted_date as movement_date,
    cast(-known_items.answer_amount as decimal(21, 3)) as credit_amount
from known_items
where not known_items.is_debit
union all
select
    known_allocations.company_id,
    known_allocations.credit_customer_id as customer_id,
    known_allocations.currency_code,
    known_allocations.acting_date as movement_date,
    cast(-known_allocations.answer_amount as decimal(21, 3)) as credit_amount
from known_allocations
