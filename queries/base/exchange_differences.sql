-- exchange_differences: what open items and accounts differ by because items of other currencies
-- were settled at other rates.
--
-- grain:   one company, account and customer
-- key:     company_id, account, customer_id
-- source:  known_allocations, known_items
-- params:  $in_base flag, $decimals int
-- columns:
--   company_id       text   empty where the lake holds none
--   account          text   receivable account; null for items without one
--   customer_id      text   who owes
--   exchange_amount  money  gains and losses of exchange; an account that booked them agrees again

-- A receipt of 100 dollars lowers an invoice of 100 dollars to nothing, whatever each was worth.
with rated as (
    select
        debit_items.company_id,
        debit_items.account,
        debit_items.customer_id,
        money(
            cast(known_allocations.amount as decimal(41, 3))
            * credit_items.answer_amount / nullif(credit_items.amount, 0),
            $decimals
        ) - known_allocations.answer_amount as exchange_amount
    from known_allocations
    inner join known_items as debit_items
        on known_allocations.debit_item_number = debit_items.item_number
    inner join known_items as credit_items
        on known_allocations.credit_item_number = credit_items.item_number
    where
        $in_base
        and (
            debit_items.amount <> debit_items.answer_amount
            or credit_items.amount <> credit_items.answer_amount
        )
)

select
    rated.company_id,
    rated.account,
    rated.customer_id,
    cast(sum(rated.exchange_amount) as decimal(21, 3)) as exchange_amount
from rated
group by rated.company_id, rated.account, rated.customer_id
having sum(rated.exchange_amount) <> 0
