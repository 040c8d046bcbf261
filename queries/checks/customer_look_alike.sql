-- customer_look_alike: customers that only items name, beside one whose code differs by zeros in
-- front, blanks or case and that has no item.
--
-- grain:   one pair of codes of a company
-- key:
-- source:  customers, items
-- params:  none
-- columns:
--   subject_id   text   the customer that items name
--   account      text   none
--   amount       money  none
--   source_file  text   none
--   source_line  int    none
--   detail_text  text   the customer that a file describes
-- fault:   Items name a customer whose code resembles that of another one, which has no item.
-- todo:    Write the code alike in both files, with its zeros, and load them again.

-- spreadsheets take 00123 for a number
with codes as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        -- a customer that only items name bears its code as its name
        customers.name = customers.customer_id as is_created,
        ltrim(lower(replace(customers.customer_id, ' ', '')), '0') as folded_id
    from customers
),

without_items as (
    select
        codes.company_id,
        codes.customer_id,
        codes.folded_id
    from codes
    left anti join items
        on codes.company_id = coalesce(items.company_id, '')
        and codes.customer_id = items.customer_id
)

select
    codes.customer_id as subject_id,
    cast(null as text) as account,
    cast(null as decimal(21, 3)) as amount,
    cast(null as text) as source_file,
    cast(null as bigint) as source_line,
    concat('customer ', without_items.customer_id) as detail_text
from codes
inner join without_items
    on codes.company_id = without_items.company_id
    and codes.folded_id = without_items.folded_id
    and codes.customer_id <> without_items.customer_id
where codes.is_created
order by codes.company_id, codes.customer_id, without_items.customer_id
