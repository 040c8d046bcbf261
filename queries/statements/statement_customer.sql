-- statement_customer: to whom a statement goes, and since when it tells what moved.
--
-- grain:   one customer asked about that the lake knows
-- key:     company_id, customer_id
-- source:  asked_customers, customers, actions, known_items
-- params:  $as_of date
-- columns:
--   company_id     text  who is owed
--   customer_id    text  who owes
--   customer_name  text  its name, or its identifier where it has none
--   language_code  text  language of the customer, where it is known
--   address_text   text  where letters go, `|` between the lines; null where it is not known
--   since_date     date  the last statement sent (an action by the channel statement), else the
--                        month-end before $as_of

with known as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id
    from customers
    union
    select
        known_items.company_id,
        known_items.customer_id
    from known_items
),

sent_statements as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        max(actions.action_date) as sent_date
    from actions
    where actions.channel_code = 'statement' and actions.action_date < $as_of
    group by coalesce(actions.company_id, ''), actions.customer_id
)

select
    asked_customers.company_id,
    asked_customers.customer_id,
    coalesce(customers.name, asked_customers.customer_id) as customer_name,
    customers.language as language_code,
    customers.address_text,
    coalesce(
        sent_statements.sent_date,
        cast(date_trunc('month', cast($as_of as date)) - interval '1 day' as date)
    ) as since_date
from asked_customers
inner join known
    on asked_customers.company_id = known.company_id
    and asked_customers.customer_id = known.customer_id
left join customers
    on asked_customers.company_id = coalesce(customers.company_id, '')
    and asked_customers.customer_id = customers.customer_id
left join sent_statements
    on asked_customers.company_id = sent_statements.company_id
    and asked_customers.customer_id = sent_statements.customer_id
order by company_id, customer_id
