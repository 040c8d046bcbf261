-- customer_unknown: actions, contacts and payment processes of a customer that nothing else names.
--
-- grain:   one action, contact or process
-- key:
-- source:  actions, contacts, payer_processes, customers
-- params:  none
-- columns:
--   subject_id   text   the customer
--   account      text   none
--   amount       money  none
--   source_file  text   of the action
--   source_line  int    of the action
--   detail_text  text   what names it
-- fault:   An action, a contact or a payment process names a customer nobody knows.
-- todo:    Correct the customer's code there, or load the customer or its items.

with named as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.source_file,
        actions.source_line,
        concat('action ', actions.action_id) as detail_text
    from actions
    union all
    select
        coalesce(contacts.company_id, '') as company_id,
        contacts.customer_id,
        cast(null as text) as source_file,
        cast(null as bigint) as source_line,
        concat('contact ', contacts.contact_id) as detail_text
    from contacts
    union all
    select
        coalesce(payer_processes.company_id, '') as company_id,
        payer_processes.customer_id,
        cast(null as text) as source_file,
        cast(null as bigint) as source_line,
        'payment process' as detail_text
    from payer_processes
)

select
    named.customer_id as subject_id,
    cast(null as text) as account,
    cast(null as decimal(21, 3)) as amount,
    named.source_file,
    named.source_line,
    named.detail_text
from named
left anti join customers
    on named.company_id = coalesce(customers.company_id, '')
    and named.customer_id = customers.customer_id
order by named.company_id, named.customer_id, named.detail_text
