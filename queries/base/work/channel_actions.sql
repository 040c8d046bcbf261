-- channel_actions: the last contact with each customer through each channel.
--
-- grain:   one customer and channel, by $as_of
-- key:     company_id, customer_id, channel_code
-- source:  actions, results
-- params:  $as_of date
-- columns:
--   company_id    text  whose receivables they are
--   customer_id   text  who was contacted
--   channel_code  text  through which channel
--   action_date   date  when
--   wait_days     int   days until the next contact, where the result says so

with ranked_actions as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.channel_code,
        actions.action_date,
        results.wait_days,
        row_number() over (
            partition by coalesce(actions.company_id, ''), actions.customer_id, actions.channel_code
            order by actions.action_date desc, actions.action_id desc
        ) as action_order
    from actions
    left join results on actions.result_code = results.result_code
    where actions.action_date <= $as_of and actions.channel_code <> 'statement'
)

select
    ranked_actions.company_id,
    ranked_actions.customer_id,
    ranked_actions.channel_code,
    ranked_actions.action_date,
    ranked_actions.wait_days
from ranked_actions
where ranked_actions.action_order = 1
