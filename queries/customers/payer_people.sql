-- payer_people: whom to speak to at the customer.
--
-- grain:   one contact
-- key:     contact_id
-- source:  contacts
-- params:  $customer_id text
-- columns:
--   contact_id    text  the contact
--   contact_name  text  whom
--   role_code     text  what for
--   phone_text    text  telephone
--   email_text    text  address
--   hours_text    text  when

select
    contacts.contact_id,
    min(contacts.name) as contact_name,
    min(contacts.role_code) as role_code,
    min(contacts.phone) as phone_text,
    min(contacts.email) as email_text,
    min(contacts.hours) as hours_text
from contacts
where contacts.customer_id = $customer_id
group by contacts.contact_id
order by contact_id
