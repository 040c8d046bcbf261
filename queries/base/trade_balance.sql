-- trade_balance: what customers still owe for sales, whoever holds the claim, on the as-of day.
--
-- grain:   one row
-- key:     as_of_date
-- source:  receivables_by_day, known_allocations, known_items, item_balances
-- params:  $as_of date
-- columns:
--   as_of_date         date   $as_of
--   open_amount        money  all open items
--   doubtful_amount    money  part of it on accounts of doubtful customers
--   factored_amount    money  sold to a factor and not yet due
--   discounted_amount  money  bills discounted at the bank and not yet due
--   trade_amount       money  open − doubtful + factored + discounted

-- Selling a claim lowers the balance though no customer has paid. What a credit of kind
-- `factored` settled is put back until the due date of the item it settled, the last day on
-- which the customer is known to owe the factor; so is what a receipt settled on an account of
-- bills before the bill was due, which is a discount. Such credits left open are put back whole.
with sold_claims as (
    select
        case when credit_items.kind = 'factored' then 'factored' else 'discounted' end
            as sale_code,
        known_allocations.answer_amount as sold_amount
    from known_allocations
    inner join known_items as credit_items
        on known_allocations.credit_item_number = credit_items.item_number
    inner join known_items as debit_items
        on known_allocations.debit_item_number = debit_items.item_number
    where
        debit_items.due_date >= $as_of
        and (
            credit_items.kind = 'factored'
            or (credit_items.kind = 'receipt' and credit_items.role_code = 'bills')
        )
    union all
    select
        case when item_balances.kind = 'factored' then 'factored' else 'discounted' end
            as sale_code,
        -item_balances.open_amount as sold_amount
    from item_balances
    inner join known_items on item_balances.item_number = known_items.item_number
    where
        item_balances.open_amount < 0
        and (
            item_balances.kind = 'factored'
            or (item_balances.kind = 'receipt' and known_items.role_code = 'bills')
        )
),

sold_totals as (
    select
        coalesce(
            sum(case when sold_claims.sale_code = 'factored' then sold_claims.sold_amount end), 0
        ) as factored_amount,
        coalesce(
            sum(case when sold_claims.sale_code = 'discounted' then sold_claims.sold_amount end), 0
        ) as discounted_amount
    from sold_claims
)

select
    receivables_by_day.as_of_date,
    receivables_by_day.open_amount,
    receivables_by_day.doubtful_amount,
    cast(sold_totals.factored_amount as decimal(18, 2)) as factored_amount,
    cast(sold_totals.discounted_amount as decimal(18, 2)) as discounted_amount,
    cast(
        receivables_by_day.open_amount
        - receivables_by_day.doubtful_amount
        + sold_totals.factored_amount
        + sold_totals.discounted_amount as decimal(18, 2)
    ) as trade_amount
from receivables_by_day
cross join sold_totals
where receivables_by_day.as_of_date = $as_of
