-- payer_process: how the customers asked about validate and pay.
--
-- grain:   one customer
-- key:     company_id, customer_id
-- source:  asked_customers, customer_contacts
-- columns:
--   company_id                text  whose receivables they are
--   customer_id               text  the customer
--   portal_text               text  where invoices are handed in
--   is_order_number_required  flag  refuses invoices without an order number
--   cut_off_days              int   days before its payment run that an invoice must be validated
--   payment_run_text          text  on which days it pays
--   validation_text           text  the steps an invoice takes there

select
    customer_contacts.company_id,
    customer_contacts.customer_id,
    customer_contacts.portal_text,
    customer_contacts.is_order_number_required,
    customer_contacts.cut_off_days,
    customer_contacts.payment_run_text,
    customer_contacts.validation_text
from customer_contacts
inner join asked_customers
    on customer_contacts.company_id = asked_customers.company_id
    and customer_contacts.customer_id = asked_customers.customer_id
where customer_contacts.has_process
order by company_id, customer_id
