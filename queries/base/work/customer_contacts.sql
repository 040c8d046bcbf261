-- customer_contacts: whom to speak to at each customer, how it validates invoices, what is unknown.
--
-- grain:   one customer
-- key:     company_id, customer_id
-- source:  customers, contacts, payer_processes, addresses_given_back
-- params:  none
-- columns:
--   customer_id               text  the customer
--   company_id                text  the company it is a customer of; empty where none is known
--   collector_id              text  who collects, as its file says; null if it does not
--   country_code              text  where it is
--   language_code             text  what it speaks
--   contact_name              text  who pays there, or else anybody known
--   phone_text                text  the telephone of the first contact that has one
--   email_text                text  the address of the first contact that has one
--   hours_text                text  when the contact can be reached
--   portal_text               text  where invoices are handed in
--   is_order_number_required  flag  refuses invoices without an order number
--   cut_off_days              int   days before its payment run that an invoice must be validated
--   payment_run_text          text  on which days it pays
--   validation_text           text  the steps an invoice takes there
--   has_contact               flag  somebody with a telephone or an address is known
--   has_process               flag  how it validates and pays is known

with ranked_contacts as (
    select
        coalesce(contacts.company_id, '') as company_id,
        contacts.customer_id,
        contacts.name as contact_name,
        nullif(trim(contacts.phone), '') as phone_text,
        -- an address that gives messages back is none: that is a gap to be filled
        case
            when addresses_given_back.address_text is null then nullif(trim(contacts.email), '')
        end as email_text,
        nullif(trim(contacts.hours), '') as hours_text,
        row_number() over (
            partition by coalesce(contacts.company_id, ''), contacts.customer_id
            order by
                case when contacts.role_code = 'accounts_payable' then 0 else 1 end,
                contacts.contact_id
        ) as contact_order
    from contacts
    left join addresses_given_back
        on coalesce(contacts.company_id, '') = addresses_given_back.company_id
        and contacts.customer_id = addresses_given_back.customer_id
        and trim(contacts.email) = addresses_given_back.address_text
        and addresses_given_back.channel_code = 'email'
),

first_contacts as (
    select
        ranked_contacts.company_id,
        ranked_contacts.customer_id,
        first_value(ranked_contacts.contact_name order by ranked_contacts.contact_order)
            as contact_name,
        first_value(ranked_contacts.hours_text order by ranked_contacts.contact_order)
            as hours_text,
        min(
            case
                when ranked_contacts.phone_text is not null then ranked_contacts.contact_order
            end
        ) as phone_order,
        min(
            case
                when ranked_contacts.email_text is not null then ranked_contacts.contact_order
            end
        ) as email_order
    from ranked_contacts
    group by ranked_contacts.company_id, ranked_contacts.customer_id
),

processes as (
    select
        coalesce(payer_processes.company_id, '') as company_id,
        payer_processes.customer_id,
        min(payer_processes.portal) as portal_text,
        bool_or(payer_processes.is_order_number_required) as is_order_number_required,
        min(payer_processes.cut_off_day) as cut_off_days,
        min(payer_processes.payment_run_days) as payment_run_text,
        min(payer_processes.validation_steps) as validation_text
    from payer_processes
    group by coalesce(payer_processes.company_id, ''), payer_processes.customer_id
),

customer_files as (
    select
        customers.customer_id,
        min(coalesce(customers.company_id, '')) as company_id,
        min(customers.collector_id) as collector_id,
        min(customers.country_code) as country_code,
        min(customers.language) as language_code
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
)

select
    customer_files.customer_id,
    customer_files.company_id,
    customer_files.collector_id,
    customer_files.country_code,
    customer_files.language_code,
    first_contacts.contact_name,
    phones.phone_text,
    emails.email_text,
    first_contacts.hours_text,
    processes.portal_text,
    processes.is_order_number_required,
    processes.cut_off_days,
    processes.payment_run_text,
    processes.validation_text,
    phones.phone_text is not null or emails.email_text is not null as has_contact,
    processes.customer_id is not null as has_process
from customer_files
left join first_contacts
    on customer_files.company_id = first_contacts.company_id
    and customer_files.customer_id = first_contacts.customer_id
left join ranked_contacts as phones
    on first_contacts.company_id = phones.company_id
    and first_contacts.customer_id = phones.customer_id
    and first_contacts.phone_order = phones.contact_order
left join ranked_contacts as emails
    on first_contacts.company_id = emails.company_id
    and first_contacts.customer_id = emails.customer_id
    and first_contacts.email_order = emails.contact_order
left join processes
    on customer_files.company_id = processes.company_id
    and customer_files.customer_id = processes.customer_id
