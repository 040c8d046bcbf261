-- last_actions: what was last said or sent to each customer, and when somebody was last reached.
--
-- grain:   one customer with an action by $as_of
-- key:     company_id, customer_id
-- source:  actions, results
-- params:  $as_of date
-- columns:
--   company_id         text  whose receivables they are
--   customer_id        text  who was contacted
--   action_date        date  when
--   channel_code       text  through which channel
--   result_code        text  what came of it
--   note_text          text  what was said
--   reached_date       date  when somebody was last reached; null if nobody was
--   reached_wait_days  int   days until the next contact after that, where its result says so

-- a statement of account is no contact
with ranked_actions as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.action_date,
        actions.channel_code,
        actions.result_code,
        actions.note as note_text,
        coalesce(results.is_reached, false) as is_reached,
        results.wait_days,
        row_number() over (
            partition by coalesce(actions.company_id, ''), actions.customer_id
            order by actions.action_date desc, actions.action_id desc
        ) as action_order,
        row_number() over (
            partition by
                coalesce(actions.company_id, ''),
                actions.customer_id,
                coalesce(results.is_reached, false)
            order by actions.action_date desc, actions.action_id desc
        ) as kind_order
    from actions
    left join results on actions.result_code = results.result_code
    where actions.action_date <= $as_of and actions.channel_code <> 'statement'
)

select
    ranked_actions.company_id,
    ranked_actions.customer_id,
    ranked_actions.action_date,
    ranked_actions.channel_code,
    ranked_actions.result_code,
    ranked_actions.note_text,
    reached.action_date as reached_date,
    reached.wait_days as reached_wait_days
from ranked_actions
left join ranked_actions as reached
    on ranked_actions.company_id = reached.company_id
    and ranked_actions.customer_id = reached.customer_id
    and reached.is_reached
    and reached.kind_order = 1
where ranked_actions.action_order = 1
