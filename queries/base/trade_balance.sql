-- trade_balance: what customers still owe for sales, whoever holds the claim, on the as-of day.
--
-- grain:   one row
-- key:     as_of_date
-- source:  receivables_by_day, posted_days, known_allocations, known_items, item_balances
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
--
-- Most lakes have no such kind and no such account: that is looked up first.
with sale_kinds as (
    select distinct
        posted_days.kind,
        coalesce(posted_days.account, '') as account
    from posted_days
    where
        posted_days.kind = 'factored'
        or (posted_days.kind = 'receipt' and posted_days.role_code = 'bills')
),

sale_items as (
    select
        known_items.item_number,
        known_items.kind
    from sale_kinds
    inner join known_items
        on sale_kinds.kind = known_items.kind
        and sale_kinds.account = coalesce(known_items.account, '')
),

sold_claims as (
    select
        case when sale_items.kind = 'factored' then 'factored' else 'discounted' end
            as sale_code,
        known_allocations.answer_amount as sold_amount
    from sale_items
    inner join known_allocations
        on sale_items.item_number = known_allocations.credit_item_number
    inner join known_items
        on known_allocations.debit_item_number = known_items.item_number
    where known_items.due_date >= $as_of
    union all
    select
        case when sale_items.kind = 'factored' then 'factored' else 'discounted' end
            as sale_code,
        -item_balances.open_amount as sold_amount
    from sale_items
    inner join item_balances on sale_items.item_number = item_balances.item_number
    where item_balances.open_amount < 0
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
    cast(sold_totals.factored_amount as decimal(21, 3)) as factored_amount,
    cast(sold_totals.discounted_amount as decimal(21, 3)) as discounted_amount,
    cast(
        receivables_by_day.open_amount
        - receivables_by_day.doubtful_amount
        + sold_totals.factored_amount
        + sold_totals.discounted_amount as decimal(21, 3)
    ) as trade_amount
from receivables_by_day
cross join sold_totals
where receivables_by_day.as_of_date = $as_of
