-- group_members: customers of a group, and who of them is spoken to for all.
--
-- grain:   one customer of a group of several
-- key:     company_id, customer_id
-- source:  customers, known_items, known_allocations
-- params:  $as_of date
-- columns:
--   company_id   text  whose customer it is
--   customer_id  text  the customer
--   group_id     text  its group, as its file says
--   payer_id     text  the member that paid most for the others; null where none did

with members as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.group_id) as group_id
    from customers
    where customers.group_id is not null
    group by coalesce(customers.company_id, ''), customers.customer_id
),

groups as (
    select
        members.company_id,
        members.group_id
    from members
    group by members.company_id, members.group_id
    having count(*) > 1
),

paid_for_others as (
    select
        debtors.company_id,
        debtors.group_id,
        payers.customer_id as payer_id,
        row_number() over (
            partition by debtors.company_id, debtors.group_id
            order by sum(known_allocations.amount) desc, payers.customer_id
        ) as payer_order
    from known_allocations
    inner join known_items on known_allocations.debit_item_number = known_items.item_number
    inner join members as debtors
        on known_items.company_id = debtors.company_id
        and known_items.customer_id = debtors.customer_id
    inner join members as payers
        on debtors.company_id = payers.company_id
        and debtors.group_id = payers.group_id
        and known_allocations.credit_customer_id = payers.customer_id
    where
        known_allocations.is_other_customer
        and known_allocations.credit_kind = 'receipt'
        and known_allocations.acting_date <= $as_of
    group by debtors.company_id, debtors.group_id, payers.customer_id
    having sum(known_allocations.amount) > 0
)

select
    members.company_id,
    members.customer_id,
    members.group_id,
    paid_for_others.payer_id
from members
inner join groups
    on members.company_id = groups.company_id
    and members.group_id = groups.group_id
left join paid_for_others
    on members.company_id = paid_for_others.company_id
    and members.group_id = paid_for_others.group_id
    and paid_for_others.payer_order = 1
