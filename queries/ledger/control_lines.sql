-- control_lines: what the raw lines of each receivable account sum to, by customer and day.
-- Reading a ledger has summed each day already: one pass, no grouping.
--
-- grain:   one account, customer, fiscal year and day with movements
-- key:     company_id, account, customer_id, year_end_date, movement_date
-- source:  control_movements
-- columns:
--   company_id     text   company of the ledger
--   account        text   receivable account
--   customer_id    text   auxiliary account, else the account itself
--   year_end_date  date   closing date of the fiscal year that holds the lines
--   movement_date  date   day of the entries
--   amount         money  debits minus credits of the day
select
    control_movements.company_id,
    control_movements.account,
    control_movements.customer_id,
    control_movements.year_end_date,
    control_movements.movement_date,
    cast(
        control_movements.debit_amount - control_movements.credit_amount as decimal(21, 3)
    ) as amount
from control_movements
order by
    control_movements.company_id,
    control_movements.account,
    control_movements.customer_id,
    control_movements.year_end_date,
    control_movements.movement_date
