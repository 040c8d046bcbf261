-- action_payments: whether a contact was followed by money within the horizon of a response.
--
-- grain:   one action in the 12 months before $as_of
-- key:     company_id, action_id
-- source:  actions, document_names, known_items, known_allocations, item_balances, results,
--          work_settings
-- params:  $as_of date
-- columns:
--   company_id     text  empty where the lake holds none
--   action_id      text  the action
--   customer_id    text  who was contacted
--   action_date    date  when
--   channel_code   text  through which channel
--   result_code    text  what came of it; null where nobody said
--   is_reached     flag  somebody was reached
--   is_conclusive  flag  the horizon is over
--   is_paid        flag  a receipt settled some of the item; without an item: of any of the
--                        customer's, whoever paid, or waits to be allocated

with recent_actions as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.action_id,
        actions.customer_id,
        actions.item_id,
        actions.action_date,
        cast(
            cast(actions.action_date as int) + cast(work_settings.response_days as int) as date
        ) as horizon_date,
        actions.channel_code,
        actions.result_code,
        coalesce(results.is_reached, false) as is_reached
    from actions
    cross join work_settings
    left join results on actions.result_code = results.result_code
    where
        actions.action_date <= $as_of
        and actions.action_date > $as_of - interval '12 months'
        and actions.channel_code <> 'statement'
),

item_receipts as (
    select
        document_names.company_id,
        document_names.customer_id,
        document_names.name_text,
        known_allocations.acting_date
    from document_names
    inner join known_allocations
        on document_names.item_number = known_allocations.debit_item_number
    where document_names.is_one_of_customer and known_allocations.credit_kind = 'receipt'
),

customer_receipts as (
    select
        known_items.company_id,
        known_items.customer_id,
        known_allocations.met_date as receipt_date
    from known_allocations
    inner join known_items on known_allocations.debit_item_number = known_items.item_number
    where
        known_allocations.credit_kind = 'receipt'
        and known_allocations.amount > 0
        and known_items.kind not in ('returned_receipt', 'refund')
    union all
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.posted_date as receipt_date
    from item_balances
    inner join known_items on item_balances.item_number = known_items.item_number
    where item_balances.kind = 'receipt' and item_balances.open_amount < 0
),

paid_actions as (
    select
        recent_actions.company_id,
        recent_actions.action_id
    from recent_actions
    inner join item_receipts
        on recent_actions.company_id = item_receipts.company_id
        and recent_actions.customer_id = item_receipts.customer_id
        and recent_actions.item_id = item_receipts.name_text
    where
        item_receipts.acting_date > recent_actions.action_date
        and item_receipts.acting_date <= recent_actions.horizon_date
    union
    select
        recent_actions.company_id,
        recent_actions.action_id
    from recent_actions
    inner join customer_receipts
        on recent_actions.company_id = customer_receipts.company_id
        and recent_actions.customer_id = customer_receipts.customer_id
    where
        recent_actions.item_id is null
        and customer_receipts.receipt_date > recent_actions.action_date
        and customer_receipts.receipt_date <= recent_actions.horizon_date
)

select
    recent_actions.company_id,
    recent_actions.action_id,
    recent_actions.customer_id,
    recent_actions.action_date,
    recent_actions.channel_code,
    recent_actions.result_code,
    recent_actions.is_reached,
    recent_actions.horizon_date <= $as_of as is_conclusive,
    paid_actions.action_id is not null as is_paid
from recent_actions
left join paid_actions
    on recent_actions.company_id = paid_actions.company_id
    and recent_actions.action_id = paid_actions.action_id
