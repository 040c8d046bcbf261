-- statement_customer: to whom a statement goes, and since when it tells what moved.
--
-- grain:   the customer asked, in each company that knows it
-- key:     company_id
-- source:  customers, actions, known_items
-- params:  $as_of date, $customer_id text
-- columns:
--   customer_id    text  who owes
--   customer_name  text  its name, or its identifier where it has none
--   language_code  text  language of the customer, where it is known
--   since_date     date  the last statement sent (an action by the channel statement), else the
--     month-end before $as_of
--   company_id     text  who is owed

with known_companies as (
    select coalesce(customers.company_id, '') as company_id
    from customers
    where customers.customer_id = $customer_id
    union
    select known_items.company_id
    from known_items
    where known_items.customer_id = $customer_id
),

sent_statements as (
    select
        coalesce(actions.company_id, '') as company_id,
        max(actions.action_date) as sent_date
    from actions
    where
        actions.customer_id = $customer_id
        and actions.channel_code = 'statement'
        and actions.action_date < $as_of
    group by actions.company_id
)

select
    $customer_id as customer_id,
    coalesce(customers.name, $customer_id) as customer_name,
    customers.language as language_code,
    coalesce(
        sent_statements.sent_date,
        cast(date_trunc('month', cast($as_of as date)) - interval '1 day' as date)
    ) as since_date,
    known_companies.company_id
from known_companies
left join customers
    on known_companies.company_id = coalesce(customers.company_id, '')
    and customers.customer_id = $customer_id
left join sent_statements on known_companies.company_id = sent_statements.company_id
order by known_companies.company_id
