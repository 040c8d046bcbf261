-- contact_responses: how often money followed a contact within 14 days, by segment and channel.
--
-- grain:   one segment and channel, over the 12 months before $as_of
-- key:     segment_code, channel_code
-- source:  action_payments, payers
-- params:  none
-- columns:
--   segment_code      text   what the customer is treated as today
--   channel_code      text   through which channel
--   contact_count     int    contacts whose 14 days are over
--   reached_count     int    of these, somebody was reached
--   paid_count        int    of these, money followed: not proof that the contact brought it
--   paid_ratio        ratio  paid of contacts

select
    payers.segment_code,
    action_payments.channel_code,
    count(*) as contact_count,
    sum(case when action_payments.is_reached then 1 else 0 end) as reached_count,
    sum(case when action_payments.is_paid then 1 else 0 end) as paid_count,
    cast(
        cast(sum(case when action_payments.is_paid then 1 else 0 end) as decimal(38, 12)) / count(*)
        as decimal(18, 6)
    ) as paid_ratio
from action_payments
inner join payers
    on action_payments.company_id = payers.company_id
    and action_payments.customer_id = payers.customer_id
where action_payments.is_conclusive
group by payers.segment_code, action_payments.channel_code
order by segment_code, channel_code
