-- payer_axes_count: how many customers stand where lateness and status cross.
--
-- grain:   one behaviour and status with a customer
-- key:     behaviour_code, status_code
-- source:  payers, behaviours
-- params:  none
-- columns:
--   behaviour_code  text   how late
--   status_code     text   what they are; unknown where the books cannot tell
--   customer_count  int    how many
--   open_amount     money  what they owe, credits included

with ordered as (
    select
        payers.behaviour_code,
        coalesce(payers.status_code, 'unknown') as status_code,
        count(*) as customer_count,
        sum(payers.open_amount) as open_amount,
        min(coalesce(behaviours.behaviour_order, 99)) as behaviour_order
    from payers
    left join behaviours on payers.behaviour_code = behaviours.behaviour_code
    group by payers.behaviour_code, coalesce(payers.status_code, 'unknown')
)

select
    ordered.behaviour_code,
    ordered.status_code,
    ordered.customer_count,
    cast(ordered.open_amount as decimal(21, 3)) as open_amount
from ordered
order by ordered.behaviour_order, behaviour_code, status_code
