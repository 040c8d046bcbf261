-- customer_policies: how each customer is reminded, and what stands above all policies.
--
-- grain:   one customer
-- key:     company_id, customer_id
-- source:  payer_axes, payer_segments, reminder_choices
-- params:  $as_of date
-- columns:
--   company_id    text  whose receivables they are
--   customer_id   text  the customer
--   status_code   text  insolvent, legal, factored or another status of payer_axes
--   segment_code  text  of the customer
--   policy_code   text  by customer, else segment, else company, else the one for all

with customer_states as (
    select
        payer_axes.company_id,
        payer_axes.customer_id,
        payer_axes.status_code,
        payer_segments.segment_code
    from payer_axes
    inner join payer_segments
        on payer_axes.picture_date = payer_segments.picture_date
        and payer_axes.company_id = payer_segments.company_id
        and payer_axes.customer_id = payer_segments.customer_id
    where payer_axes.picture_date = $as_of
)

select
    customer_states.company_id,
    customer_states.customer_id,
    customer_states.status_code,
    customer_states.segment_code,
    coalesce(
        min(case when choices.customer_id is not null then choices.policy_code end),
        min(case when choices.segment_code is not null then choices.policy_code end),
        min(case when choices.company_id is not null then choices.policy_code end),
        min(choices.policy_code)
    ) as policy_code
from customer_states
left join reminder_choices as choices
    on choices.item_id is null
    and (choices.company_id is null or choices.company_id = customer_states.company_id)
    and (choices.customer_id is null or choices.customer_id = customer_states.customer_id)
    and (choices.segment_code is null or choices.segment_code = customer_states.segment_code)
group by
    customer_states.company_id,
    customer_states.customer_id,
    customer_states.status_code,
    customer_states.segment_code
