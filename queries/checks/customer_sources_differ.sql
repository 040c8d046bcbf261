-- customer_sources_differ: customers of whom two files say different things.
--
-- grain:   one customer and column
-- key:
-- source:  customer_values
-- params:  none
-- columns:
--   subject_id   text   the customer
--   account      text   none
--   amount       money  none
--   source_file  text   the first of the files, by name
--   source_line  int    none
--   detail_text  text   the column, and what each file says of it
-- fault:   Two files say different things of a customer; the lake goes by the one loaded last.
-- todo:    Correct the file that is wrong and load it again; customers_sources tells who says what.

-- a name may be written in many ways
select
    customer_values.customer_id as subject_id,
    cast(null as text) as account,
    cast(null as decimal(21, 3)) as amount,
    min(customer_values.source_file) as source_file,
    cast(null as bigint) as source_line,
    concat(
        customer_values.column_code,
        ': ',
        string_agg(
            customer_values.value_text || ' (' || customer_values.source_file || ')',
            ', '
            order by customer_values.source_file
        )
    ) as detail_text
from customer_values
where customer_values.column_code <> 'name'
group by
    customer_values.company_id,
    customer_values.customer_id,
    customer_values.column_code
having count(distinct customer_values.value_text) > 1
order by
    customer_values.company_id,
    customer_values.customer_id,
    customer_values.column_code
