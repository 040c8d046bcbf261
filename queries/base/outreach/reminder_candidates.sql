-- reminder_candidates: of each item with something free to be chased, the level that comes next.
--
-- grain:   one item of work_items with a free amount
-- key:     item_number
-- source:  work_items, item_balances, customer_policies, reached_levels, message_states,
--          reminder_blocks, reminder_choices, reminder_policies, reminder_levels, reminder_orders
-- params:  $as_of date, $decimals int
-- columns:
--   item_number      int    the item, of known_items
--   company_id       text   whose receivables they are
--   customer_id      text   who owes
--   item_id          text   the item
--   past_due_days    int    as work_items
--   free_amount      money  what can be asked for, in the currency of the answer
--   asked_amount     money  the same in the item's own currency
--   currency_code    text   the item's own currency
--   segment_code     text   of the customer
--   policy_code      text   by item, else customer, else segment, else company
--   level_order      int    the level that comes next; null where none is left
--   is_reached       flag   its day has come
--   is_ordered       flag   a person chose the customer for this run
--   reason_code      text   why nothing may be sent, of the item and customer themselves; or null
--   until_date       date   until when, where that is known
--   detail_text      text   by whom, where somebody decided it

-- Levels rise one at a time: next is the lowest above the one that was sent. What is not yet due
-- is at level 0; what fell due without having been there starts at 1.
with item_choices as (
    select
        reminder_choices.company_id,
        reminder_choices.item_id,
        min(reminder_choices.policy_code) as policy_code
    from reminder_choices
    where reminder_choices.item_id is not null
    group by reminder_choices.company_id, reminder_choices.item_id
),

blocks as (
    select
        coalesce(reminder_blocks.company_id, '') as company_id,
        reminder_blocks.customer_id,
        reminder_blocks.item_id,
        max(coalesce(reminder_blocks.until_date, date '9999-12-31')) as until_date,
        min(reminder_blocks.blocked_by) as blocked_by
    from reminder_blocks
    where
        reminder_blocks.contact_id is null
        and reminder_blocks.from_date <= $as_of
        and (reminder_blocks.until_date is null or reminder_blocks.until_date >= $as_of)
    group by
        coalesce(reminder_blocks.company_id, ''),
        reminder_blocks.customer_id,
        reminder_blocks.item_id
),

message_counts as (
    select
        message_states.company_id,
        message_states.customer_id,
        reminder_policies.policy_code,
        count(*) as message_count
    from message_states
    cross join reminder_policies
    where
        $as_of - message_states.sent_date < reminder_policies.worn_out_days
        and message_states.level_order is not null
    group by
        message_states.company_id, message_states.customer_id, reminder_policies.policy_code
),

orders as (
    select distinct
        coalesce(reminder_orders.company_id, '') as company_id,
        reminder_orders.customer_id
    from reminder_orders
),

free_items as (
    select
        work_items.item_number,
        work_items.company_id,
        work_items.customer_id,
        work_items.item_id,
        work_items.due_date,
        work_items.past_due_days,
        work_items.free_amount,
        item_balances.currency_code,
        case
            when work_items.free_amount = work_items.open_amount
                then item_balances.item_open_amount
            else money(
                cast(item_balances.item_open_amount as decimal(38, 3))
                * work_items.free_amount / work_items.open_amount,
                $decimals
            )
        end as asked_amount,
        customer_policies.status_code,
        customer_policies.segment_code,
        coalesce(item_choices.policy_code, customer_policies.policy_code) as policy_code,
        reached_levels.level_order as reached_order,
        reached_levels.sent_date,
        reached_levels.last_sent_date,
        coalesce(reached_levels.is_uncertain, false) as is_uncertain,
        orders.customer_id is not null as is_ordered
    from work_items
    inner join item_balances on work_items.item_number = item_balances.item_number
    left join customer_policies
        on work_items.company_id = customer_policies.company_id
        and work_items.customer_id = customer_policies.customer_id
    left join item_choices
        on work_items.item_id = item_choices.item_id
        and (item_choices.company_id is null or item_choices.company_id = work_items.company_id)
    left join reached_levels on work_items.item_number = reached_levels.item_number
    left join orders
        on work_items.customer_id = orders.customer_id
        and orders.company_id in ('', work_items.company_id)
    where work_items.free_amount > 0 and work_items.past_due_days is not null
),

next_levels as (
    select
        free_items.item_number,
        min(reminder_levels.level_order) as level_order
    from free_items
    inner join reminder_levels
        on free_items.policy_code = reminder_levels.policy_code
        and reminder_levels.level_order > coalesce(free_items.reached_order, -1)
        and (reminder_levels.level_order = 0) = (free_items.past_due_days <= 0)
    group by free_items.item_number
)

select
    free_items.item_number,
    free_items.company_id,
    free_items.customer_id,
    free_items.item_id,
    free_items.past_due_days,
    free_items.free_amount,
    cast(free_items.asked_amount as decimal(21, 3)) as asked_amount,
    free_items.currency_code,
    free_items.segment_code,
    free_items.policy_code,
    next_levels.level_order,
    coalesce(
        case reminder_levels.trigger_code
            when 'days' then free_items.past_due_days >= reminder_levels.trigger_days
            when 'end_of_month'
                then $as_of - last_day(free_items.due_date) >= reminder_levels.trigger_days
            when 'after_previous'
                then $as_of - coalesce(free_items.sent_date, free_items.due_date)
                    >= reminder_levels.trigger_days
        end,
        false
    ) as is_reached,
    free_items.is_ordered,
    case
        when free_items.status_code in ('insolvent', 'legal', 'factored')
            then free_items.status_code
        when customer_blocks.customer_id is not null or item_blocks.item_id is not null
            then 'blocked'
        when free_items.is_uncertain then 'uncertain'
        when free_items.is_ordered then null
        when $as_of - free_items.last_sent_date < reminder_policies.minimum_wait_days
            then 'too_soon'
        when message_counts.message_count >= reminder_policies.worn_out_count then 'worn_out'
    end as reason_code,
    case
        when free_items.status_code in ('insolvent', 'legal', 'factored') then null
        when customer_blocks.customer_id is not null or item_blocks.item_id is not null
            then nullif(
                greatest(customer_blocks.until_date, item_blocks.until_date),
                date '9999-12-31'
            )
        when free_items.is_uncertain then null
        else cast(
            cast(free_items.last_sent_date as int)
            + cast(reminder_policies.minimum_wait_days as int) as date
        )
    end as until_date,
    coalesce(customer_blocks.blocked_by, item_blocks.blocked_by) as detail_text
from free_items
left join next_levels on free_items.item_number = next_levels.item_number
left join reminder_levels
    on free_items.policy_code = reminder_levels.policy_code
    and next_levels.level_order = reminder_levels.level_order
left join reminder_policies on free_items.policy_code = reminder_policies.policy_code
left join blocks as customer_blocks
    on free_items.company_id = customer_blocks.company_id
    and free_items.customer_id = customer_blocks.customer_id
    and customer_blocks.item_id is null
left join blocks as item_blocks
    on free_items.company_id = item_blocks.company_id
    and free_items.item_id = item_blocks.item_id
left join message_counts
    on free_items.company_id = message_counts.company_id
    and free_items.customer_id = message_counts.customer_id
    and free_items.policy_code = message_counts.policy_code
