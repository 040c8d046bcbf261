-- payer_people: whom to speak to at the customers asked about.
--
-- grain:   one customer and contact
-- key:     customer_id, contact_id
-- source:  asked_customers, contacts
-- columns:
--   customer_id   text  the customer
--   contact_id    text  the contact
--   contact_name  text  whom
--   role_code     text  what for
--   phone_text    text  telephone
--   email_text    text  address
--   hours_text    text  when

select
    contacts.customer_id,
    contacts.contact_id,
    min(contacts.name) as contact_name,
    min(contacts.role_code) as role_code,
    min(contacts.phone) as phone_text,
    min(contacts.email) as email_text,
    min(contacts.hours) as hours_text
from contacts
inner join asked_customers on contacts.customer_id = asked_customers.customer_id
group by contacts.customer_id, contacts.contact_id
order by customer_id, contact_id
