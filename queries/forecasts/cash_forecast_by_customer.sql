-- cash_forecast_by_customer: the receipts of the weeks to come, customer by customer.
--
-- grain:   one customer with an open item, and week
-- key:     company_id, customer_id, week_order
-- source:  customer_week_forecasts, customers
-- params:  none
-- columns:
--   company_id            text   whose receivables they are
--   customer_id           text   who owes
--   customer_name         text   its name; null where unknown
--   week_order            int    1 for the week that begins the day after $as_of
--   is_beyond             flag   all that comes after the last week
--   week_start_date       date   its first day
--   p10_amount            money  nine times in ten more comes in
--   p50_amount            money  as likely more as less
--   p90_amount            money  nine times in ten less comes in
--   mean_amount           money  on average; means add up, the others do not
--   due_date_amount       money  if it paid on the due date; what is past due, tomorrow
--   customer_mean_amount  money  if it paid as late as on average in 12 months

with named as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.name) as customer_name
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
)

select
    customer_week_forecasts.company_id,
    customer_week_forecasts.group_id as customer_id,
    named.customer_name,
    customer_week_forecasts.week_order,
    customer_week_forecasts.is_beyond,
    customer_week_forecasts.week_start_date,
    customer_week_forecasts.p10_amount,
    customer_week_forecasts.p50_amount,
    customer_week_forecasts.p90_amount,
    customer_week_forecasts.mean_amount,
    customer_week_forecasts.due_date_amount,
    customer_week_forecasts.customer_mean_amount
from customer_week_forecasts
left join named
    on customer_week_forecasts.company_id = named.company_id
    and customer_week_forecasts.group_id = named.customer_id
order by company_id, customer_id, week_order
