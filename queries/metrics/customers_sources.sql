-- customers_sources: which file says what of each customer, and what the lake goes by.
--
-- grain:   one customer, column and file that fills it
-- key:     company_id, customer_id, column_code, source_file
-- source:  customer_values, customers
-- params:  none
-- columns:
--   company_id     text  whose customer it is
--   customer_id    text  who
--   customer_name  text  its name
--   column_code    text  the column of the file of customers
--   value_text     text  what the file says
--   is_held        flag  what the lake goes by: the last file that says something of it
--   source_file    text  the file

select
    customer_values.company_id,
    customer_values.customer_id,
    coalesce(customers.name, customer_values.customer_id) as customer_name,
    customer_values.column_code,
    customer_values.value_text,
    coalesce(customer_values.value_text = customer_values.held_text, false) as is_held,
    customer_values.source_file
from customer_values
left join customers
    on customer_values.company_id = coalesce(customers.company_id, '')
    and customer_values.customer_id = customers.customer_id
order by
    customer_values.company_id,
    customer_values.customer_id,
    customer_values.column_code,
    customer_values.source_file
