-- credit_balances: the open credit items, and what their customer owes beside them.
--
-- grain:   one open credit item
-- key:     item_number
-- source:  item_balances
-- params:  $as_of date
-- columns:
--   item_number          int    the item, of known_items
--   company_id           text   whose it is
--   item_id              text   identifier, stable across loads
--   customer_id          text   whose money it is
--   account              text   receivable account
--   kind                 text   receipt, credit_note…
--   issued_date          date   date of the document
--   reference            text   its number
--   age_days             int    $as_of minus issued_date
--   open_amount          money  what is open, below zero
--   customer_debit_amount money open debit items of the same customer
--   coverable_amount     money  what of the credit those would use up, largest credit first

with customer_debits as (
    select
        item_balances.company_id,
        item_balances.customer_id,
        sum(item_balances.open_amount) as debit_amount
    from item_balances
    where item_balances.open_amount > 0
    group by item_balances.company_id, item_balances.customer_id
),

credits as (
    select
        item_balances.item_number,
        item_balances.company_id,
        item_balances.item_id,
        item_balances.customer_id,
        item_balances.account,
        item_balances.kind,
        item_balances.issued_date,
        item_balances.reference,
        item_balances.open_amount,
        coalesce(customer_debits.debit_amount, 0) as debit_amount,
        -- the credits of the customer that come before this one
        coalesce(sum(item_balances.open_amount) over (
            partition by item_balances.company_id, item_balances.customer_id
            order by item_balances.open_amount, item_balances.issued_date, item_balances.item_number
            rows between unbounded preceding and 1 preceding
        ), 0) as used_amount
    from item_balances
    left join customer_debits
        on item_balances.company_id = customer_debits.company_id
        and item_balances.customer_id = customer_debits.customer_id
    where item_balances.open_amount < 0
)

select
    credits.item_number,
    credits.company_id,
    credits.item_id,
    credits.customer_id,
    credits.account,
    credits.kind,
    credits.issued_date,
    credits.reference,
    $as_of - credits.issued_date as age_days,
    credits.open_amount,
    cast(credits.debit_amount as decimal(21, 3)) as customer_debit_amount,
    cast(
        least(-credits.open_amount, greatest(credits.debit_amount + credits.used_amount, 0))
        as decimal(21, 3)
    ) as coverable_amount
from credits
