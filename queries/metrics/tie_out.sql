-- tie_out: which customers and accounts carry the difference from open items to control accounts.
--
-- grain:   one customer and account that differ; an account alone where control knows no customer
-- key:     company_id, customer_id, account
-- source:  control_differences, customers
-- params:  none
-- columns:
--   company_id         text   whose receivables they are
--   customer_id        text   null where the comparison is by account
--   account            text   receivable account; null for items without one
--   open_amount        money  open items
--   control_amount     money  balance of the control account; sum of raw ledger lines for a FEC
--   difference_amount  money  open − control, never 0
--   customer_name      text   its name, where it has one
--   exchange_amount    money  the part of it that exchange rates explain; 0 without

with differences as (
    select
        control_differences.company_id,
        control_differences.customer_id,
        control_differences.account,
        sum(control_differences.open_amount) as open_amount,
        sum(control_differences.control_amount) as control_amount,
        sum(control_differences.exchange_amount) as exchange_amount,
        sum(abs(control_differences.difference_amount)) as distance_amount
    from control_differences
    group by
        control_differences.company_id,
        control_differences.customer_id,
        control_differences.account
),

names as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.name) as customer_name
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
)

select
    differences.company_id,
    differences.customer_id,
    differences.account,
    cast(differences.open_amount as decimal(21, 3)) as open_amount,
    cast(differences.control_amount as decimal(21, 3)) as control_amount,
    cast(differences.open_amount - differences.control_amount as decimal(21, 3))
        as difference_amount,
    names.customer_name,
    cast(differences.exchange_amount as decimal(21, 3)) as exchange_amount
from differences
left join names
    on differences.company_id = names.company_id
    and differences.customer_id = names.customer_id
order by
    differences.distance_amount desc,
    differences.account,
    differences.company_id,
    differences.customer_id
