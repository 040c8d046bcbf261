-- customer_values: what each file says of each customer, a row a value.
--
-- grain:   one customer, column and file that fills it
-- source:  customers_by_source, customers
-- params:  none
-- columns:
--   company_id   text  whose customer it is; empty where the file names none
--   customer_id  text  who
--   column_code  text  the column of the file of customers
--   value_text   text  what the file says
--   held_text    text  what the lake goes by: the last file that says something of it
--   source_file  text  the file

with told as (
    select
        customers_by_source.company_id,
        customers_by_source.customer_id,
        customers_by_source.source_file,
        make_array(
            'name',
            'group_id',
            'country_code',
            'language',
            'terms_code',
            'credit_limit_amount',
            'collector_id',
            'payment_method',
            'is_public_body',
            'is_collective',
            'billing_channel',
            'status_code'
        ) as columns,
        make_array(
            customers_by_source.name,
            customers_by_source.group_id,
            customers_by_source.country_code,
            customers_by_source.language,
            customers_by_source.terms_code,
            rtrim(rtrim(cast(customers_by_source.credit_limit_amount as varchar), '0'), '.'),
            customers_by_source.collector_id,
            customers_by_source.payment_method,
            cast(customers_by_source.is_public_body as varchar),
            cast(customers_by_source.is_collective as varchar),
            customers_by_source.billing_channel,
            customers_by_source.status_code
        ) as told_values,
        make_array(
            customers.name,
            customers.group_id,
            customers.country_code,
            customers.language,
            customers.terms_code,
            rtrim(rtrim(cast(customers.credit_limit_amount as varchar), '0'), '.'),
            customers.collector_id,
            customers.payment_method,
            cast(customers.is_public_body as varchar),
            cast(customers.is_collective as varchar),
            customers.billing_channel,
            customers.status_code
        ) as held_values
    from customers_by_source
    left join customers
        on coalesce(customers_by_source.company_id, '') = coalesce(customers.company_id, '')
        and customers_by_source.customer_id = customers.customer_id
),

numbered as (
    select
        told.company_id,
        told.customer_id,
        told.source_file,
        told.columns,
        told.told_values,
        told.held_values,
        unnest(range(1, cast(array_length(told.columns) as bigint) + 1)) as position
    from told
),

placed as (
    select
        coalesce(numbered.company_id, '') as company_id,
        numbered.customer_id,
        array_element(numbered.columns, numbered.position) as column_code,
        array_element(numbered.told_values, numbered.position) as value_text,
        array_element(numbered.held_values, numbered.position) as held_text,
        numbered.source_file
    from numbered
)

select
    placed.company_id,
    placed.customer_id,
    placed.column_code,
    placed.value_text,
    placed.held_text,
    placed.source_file
from placed
where placed.value_text <> ''
