-- payer_balances: what a customer owes on each day the payers are looked at.
--
-- grain:   one picture and customer with something open
-- key:     picture_date, company_id, customer_id
-- source:  payer_days, picture_balances
-- params:  none
-- columns:
--   picture_date     date   the day of the picture
--   company_id       text   whose receivables they are
--   customer_id      text   who owes
--   open_amount      money  all open items, credits included
--   overdue_amount   money  open debit items past due
--   exposure_ratio   ratio  open_amount, where above 0, of what all such customers owe

with balances as (
    select
        picture_balances.picture_date,
        picture_balances.company_id,
        picture_balances.customer_id,
        sum(picture_balances.open_amount) as open_amount,
        sum(
            case
                when
                    picture_balances.is_debit
                    and picture_balances.open_amount > 0
                    and picture_balances.due_date < picture_balances.picture_date
                    then picture_balances.open_amount
                else 0
            end
        ) as overdue_amount
    from picture_balances
    inner join payer_days on picture_balances.picture_date = payer_days.picture_date
    group by
        picture_balances.picture_date,
        picture_balances.company_id,
        picture_balances.customer_id
)

select
    balances.picture_date,
    balances.company_id,
    balances.customer_id,
    cast(balances.open_amount as decimal(21, 3)) as open_amount,
    cast(balances.overdue_amount as decimal(21, 3)) as overdue_amount,
    cast(
        cast(greatest(balances.open_amount, 0) as decimal(50, 10))
        / nullif(
            cast(
                sum(greatest(balances.open_amount, 0)) over (partition by balances.picture_date)
                as decimal(27, 3)
            ),
            0
        ) as decimal(18, 6)
    ) as exposure_ratio
from balances
