-- cost_by_segment: what it cost to be paid, by what customers are to us and how they are reminded.
--
-- grain:   one segment and policy
-- key:     segment_code, policy_code
-- source:  cost_to_serve
-- params:  none
-- columns:
--   segment_code     text   what customers are to us
--   policy_code      text   how they are reminded
--   customer_count   int    customers that cost something
--   contact_amount   money  contacts and messages, minutes included
--   dispute_amount   money  disputes handled
--   money_amount     money  waiting for late money
--   cost_amount      money  all three
--   margin_amount    money  margin of twelve months, as far as it is known; null where none is
--   cost_ratio       ratio  cost of margin, of those whose margin is known; null without

select
    cost_to_serve.segment_code,
    cost_to_serve.policy_code,
    count(*) as customer_count,
    cast(sum(cost_to_serve.contact_amount) as decimal(21, 3)) as contact_amount,
    cast(sum(cost_to_serve.dispute_amount) as decimal(21, 3)) as dispute_amount,
    cast(sum(cost_to_serve.money_amount) as decimal(21, 3)) as money_amount,
    cast(sum(cost_to_serve.cost_amount) as decimal(21, 3)) as cost_amount,
    cast(sum(cost_to_serve.margin_amount) as decimal(21, 3)) as margin_amount,
    cast(
        cast(
            sum(cost_to_serve.cost_amount) filter (where cost_to_serve.margin_amount is not null)
            as decimal(38, 6)
        ) / nullif(sum(cost_to_serve.margin_amount), 0) as decimal(18, 6)
    ) as cost_ratio
from cost_to_serve
group by cost_to_serve.segment_code, cost_to_serve.policy_code
order by cost_amount desc, segment_code, policy_code
