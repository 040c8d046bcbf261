-- payer_balances: what a customer owes on each day the payers are looked at.
--
-- grain:   one picture and customer with something open
-- key:     picture_date, customer_id
-- source:  payer_days, item_steps, known_items
-- params:  none
-- columns:
--   picture_date     date   the day of the picture
--   customer_id      text   who owes
--   open_amount      money  all open items, credits included
--   overdue_amount   money  open debit items past due
--   exposure_ratio   ratio  open_amount, where above 0, of what all such customers owe

with balances as (
    select
        payer_days.picture_date,
        known_items.customer_id,
        sum(item_steps.open_amount) as open_amount,
        sum(
            case
                when
                    item_steps.is_debit
                    and item_steps.open_amount > 0
                    and known_items.due_date < payer_days.picture_date
                    then item_steps.open_amount
                else 0
            end
        ) as overdue_amount
    from item_steps
    inner join known_items on item_steps.item_number = known_items.item_number
    cross join payer_days
    where
        item_steps.open_amount <> 0
        and item_steps.step_date <= payer_days.picture_date
        and (
            item_steps.next_step_date is null
            or item_steps.next_step_date > payer_days.picture_date
        )
    group by payer_days.picture_date, known_items.customer_id
)

select
    balances.picture_date,
    balances.customer_id,
    cast(balances.open_amount as decimal(18, 2)) as open_amount,
    cast(balances.overdue_amount as decimal(18, 2)) as overdue_amount,
    cast(
        cast(greatest(balances.open_amount, 0) as decimal(50, 10))
        / nullif(
            cast(
                sum(greatest(balances.open_amount, 0)) over (partition by balances.picture_date)
                as decimal(24, 2)
            ),
            0
        ) as decimal(18, 6)
    ) as exposure_ratio
from balances
