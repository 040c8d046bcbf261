-- payer_people: whom to speak to at the customers asked about.
--
-- grain:   one customer and contact
-- key:     company_id, customer_id, contact_id
-- source:  asked_customers, contacts
-- columns:
--   company_id    text  whose receivables they are
--   customer_id   text  the customer
--   contact_id    text  the contact
--   contact_name  text  whom
--   role_code     text  what for
--   phone_text    text  telephone
--   email_text    text  address
--   hours_text    text  when

select
    coalesce(contacts.company_id, '') as company_id,
    contacts.customer_id,
    contacts.contact_id,
    min(contacts.name) as contact_name,
    min(contacts.role_code) as role_code,
    min(contacts.phone) as phone_text,
    min(contacts.email) as email_text,
    min(contacts.hours) as hours_text
from contacts
inner join asked_customers
    on coalesce(contacts.company_id, '') = asked_customers.company_id
    and contacts.customer_id = asked_customers.customer_id
group by coalesce(contacts.company_id, ''), contacts.customer_id, contacts.contact_id
order by company_id, customer_id, contact_id
