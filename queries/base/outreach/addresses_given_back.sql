-- addresses_given_back: addresses that gave a message back, or that nobody could write to.
--
-- grain:   one customer, channel and address
-- key:     company_id, customer_id, channel_code, address_text
-- source:  message_states
-- params:  none
-- columns:
--   company_id    text  empty where the lake holds none
--   customer_id   text  the customer
--   channel_code  text  how it was written to
--   address_text  text  where to

select distinct
    message_states.company_id,
    message_states.customer_id,
    message_states.channel_code,
    message_states.address_text
from message_states
where message_states.status_code in ('bounced', 'returned', 'failed')
