-- payer_responses: what works with the customers asked about: channel, result, and money after.
--
-- grain:   one customer, channel and result
-- key:     company_id, customer_id, channel_code, result_code
-- source:  action_payments, asked_customers
-- columns:
--   company_id        text   whose receivables they are
--   customer_id       text   the customer
--   channel_code      text   through which channel
--   result_code       text   what came of it; null where nobody said
--   contact_count     int    contacts in 12 months
--   conclusive_count  int    of these, those whose 14 days are over
--   paid_count        int    of these, money followed
--   paid_ratio        ratio  paid of conclusive; null if none is
--   last_date         date   the last of them

select
    action_payments.company_id,
    action_payments.customer_id,
    action_payments.channel_code,
    action_payments.result_code,
    count(*) as contact_count,
    sum(case when action_payments.is_conclusive then 1 else 0 end) as conclusive_count,
    sum(case when action_payments.is_conclusive and action_payments.is_paid then 1 else 0 end)
        as paid_count,
    cast(
        cast(
            sum(
                case
                    when action_payments.is_conclusive and action_payments.is_paid then 1 else 0
                end
            ) as decimal(38, 12)
        ) / nullif(sum(case when action_payments.is_conclusive then 1 else 0 end), 0)
        as decimal(18, 6)
    ) as paid_ratio,
    max(action_payments.action_date) as last_date
from action_payments
inner join asked_customers
    on action_payments.company_id = asked_customers.company_id
    and action_payments.customer_id = asked_customers.customer_id
group by
    action_payments.company_id,
    action_payments.customer_id,
    action_payments.channel_code,
    action_payments.result_code
order by company_id, customer_id, contact_count desc, channel_code, result_code
