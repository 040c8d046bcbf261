-- tie_out: which customers and accounts carry the difference from open items to control accounts.
--
-- grain:   one customer and account that differ; an account alone where control knows no customer
-- key:     customer_id, account
-- source:  control_differences, customers
-- params:  none
-- columns:
--   customer_id        text   null where the comparison is by account
--   account            text   receivable account; null for items without one
--   open_amount        money  open items
--   control_amount     money  balance of the control account; sum of raw ledger lines for a FEC
--   difference_amount  money  open − control, never 0
--   customer_name      text   its name, where it has one

with differences as (
    select
        control_differences.customer_id,
        control_differences.account,
        sum(control_differences.open_amount) as open_amount,
        sum(control_differences.control_amount) as control_amount,
        sum(abs(control_differences.difference_amount)) as distance_amount
    from control_differences
    group by control_differences.customer_id, control_differences.account
),

names as (
    select customers.customer_id, min(customers.name) as customer_name
    from customers
    group by customers.customer_id
)

select
    differences.customer_id,
    differences.account,
    cast(differences.open_amount as decimal(18, 2)) as open_amount,
    cast(differences.control_amount as decimal(18, 2)) as control_amount,
    cast(differences.open_amount - differences.control_amount as decimal(18, 2))
        as difference_amount,
    names.customer_name
from differences
left join names on differences.customer_id = names.customer_id
order by differences.distance_amount desc, differences.account, differences.customer_id
