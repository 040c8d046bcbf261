-- reminder_drafts: what each customer could be written, before anybody asks how it is reached.
--
-- grain:   one customer and kind: what it owes, or our apologies for what it contests
-- key:     company_id, customer_id, is_apology
-- source:  reminder_candidates, reminder_levels, reminder_policies, reminder_orders,
--          customer_policies, open_contests, message_states, messages, reminder_blocks
-- params:  $as_of date
-- columns:
--   company_id          text   whose receivables they are
--   customer_id         text   to whom
--   is_apology          flag   it asks for nothing: what we have not resolved, and where it stands
--   policy_code         text   of the item that has come furthest, or of the customer
--   level_order         int    the highest level of its items; null for apologies
--   free_amount         money  what it would ask for, in the currency of the answer
--   is_ordered          flag   a person chose the customer for this run
--   mode_code           text   automatic, approve or manual
--   channels_text       text   channels in order, `|` between them
--   ordered_contact_id  text   to whom a person wants it; null where nobody said
--   ordered_tone_code   text   with which template a person wants it; null where nobody said
--   tone_code           text   the template of the level
--   variant_tone_code   text   the template of the share that gets another
--   minimum_amount      money  smaller sums get none
--   has_penalties       flag   whether it names penalties
--   deadline_days       int    how long it gives to answer; null where it sets no day
--   weekdays_text       text   on which days it may leave, 1 is Monday
--   signer_id           text   who signs; null where nobody is named
--   hold_out_ratio      ratio  share of customers left alone
--   variant_ratio       ratio  share of customers that gets the variant tone
--   drawn_ratio         ratio  the customer's own number of the month, between 0 and 1

with orders as (
    select
        coalesce(reminder_orders.company_id, '') as company_id,
        reminder_orders.customer_id,
        min(reminder_orders.channel_code) as channel_code,
        min(reminder_orders.contact_id) as contact_id,
        min(reminder_orders.tone_code) as tone_code
    from reminder_orders
    group by coalesce(reminder_orders.company_id, ''), reminder_orders.customer_id
),

-- a level of a person's is no run's, unless the person chose the customer
ready_items as (
    select
        reminder_candidates.company_id,
        reminder_candidates.customer_id,
        reminder_candidates.policy_code,
        reminder_candidates.level_order,
        reminder_candidates.free_amount,
        reminder_candidates.is_ordered,
        reminder_levels.mode_code
    from reminder_candidates
    inner join reminder_levels
        on reminder_candidates.policy_code = reminder_levels.policy_code
        and reminder_candidates.level_order = reminder_levels.level_order
    where
        reminder_candidates.reason_code is null
        and (
            reminder_candidates.is_ordered
            or (reminder_candidates.is_reached and reminder_levels.mode_code <> 'manual')
        )
),

customers_ready as (
    select
        ready_items.company_id,
        ready_items.customer_id,
        max(ready_items.level_order) as level_order,
        bool_or(ready_items.is_ordered) as is_ordered
    from ready_items
    group by ready_items.company_id, ready_items.customer_id
),

-- what is not yet due waits where something is overdue: one message asks for one thing
levels_ready as (
    select
        customers_ready.company_id,
        customers_ready.customer_id,
        customers_ready.level_order,
        customers_ready.is_ordered,
        min(
            case
                when ready_items.level_order = customers_ready.level_order
                    then ready_items.policy_code
            end
        ) as policy_code,
        sum(ready_items.free_amount) as free_amount
    from customers_ready
    inner join ready_items
        on customers_ready.company_id = ready_items.company_id
        and customers_ready.customer_id = ready_items.customer_id
        and (customers_ready.level_order = 0) = (ready_items.level_order = 0)
    group by
        customers_ready.company_id,
        customers_ready.customer_id,
        customers_ready.level_order,
        customers_ready.is_ordered
),

queries as (
    select
        open_contests.company_id,
        open_contests.customer_id,
        max(open_contests.from_date) as from_date
    from open_contests
    where open_contests.is_ours
    group by open_contests.company_id, open_contests.customer_id
),

apologies_sent as (
    select
        message_states.company_id,
        message_states.customer_id,
        max(message_states.sent_date) as sent_date,
        bool_or(message_states.is_uncertain) as is_uncertain
    from message_states
    inner join messages
        on message_states.company_id = coalesce(messages.company_id, '')
        and message_states.message_id = messages.message_id
    where messages.tone_code = 'apology'
    group by message_states.company_id, message_states.customer_id
),

blocked_customers as (
    select distinct
        coalesce(reminder_blocks.company_id, '') as company_id,
        reminder_blocks.customer_id
    from reminder_blocks
    where
        reminder_blocks.customer_id is not null
        and reminder_blocks.contact_id is null
        and reminder_blocks.item_id is null
        and reminder_blocks.from_date <= $as_of
        and (reminder_blocks.until_date is null or reminder_blocks.until_date >= $as_of)
)

select
    levels_ready.company_id,
    levels_ready.customer_id,
    false as is_apology,
    levels_ready.policy_code,
    levels_ready.level_order,
    levels_ready.free_amount,
    levels_ready.is_ordered,
    case when levels_ready.is_ordered then 'manual' else reminder_levels.mode_code end as mode_code,
    coalesce(orders.channel_code, reminder_levels.channels_text) as channels_text,
    orders.contact_id as ordered_contact_id,
    orders.tone_code as ordered_tone_code,
    reminder_levels.tone_code,
    reminder_levels.variant_tone_code,
    reminder_levels.minimum_amount,
    reminder_levels.has_penalties,
    reminder_levels.deadline_days,
    reminder_levels.weekdays_text,
    reminder_levels.signer_id,
    reminder_policies.hold_out_ratio,
    reminder_policies.variant_ratio,
    -- who is left alone is so for a month: a day would show nothing
    drawn_ratio(
        concat_ws(
            '|',
            levels_ready.company_id,
            levels_ready.customer_id,
            levels_ready.policy_code,
            to_char($as_of, '%Y-%m')
        )
    ) as drawn_ratio
from levels_ready
inner join reminder_levels
    on levels_ready.policy_code = reminder_levels.policy_code
    and levels_ready.level_order = reminder_levels.level_order
left join reminder_policies on levels_ready.policy_code = reminder_policies.policy_code
left join orders
    on levels_ready.customer_id = orders.customer_id
    and orders.company_id in ('', levels_ready.company_id)
union all
select
    queries.company_id,
    queries.customer_id,
    true as is_apology,
    customer_policies.policy_code,
    cast(null as bigint) as level_order,
    cast(0 as decimal(21, 3)) as free_amount,
    orders.customer_id is not null as is_ordered,
    case when orders.customer_id is null then reminder_policies.apology_mode_code else 'manual' end
        as mode_code,
    coalesce(orders.channel_code, reminder_policies.apology_channels_text) as channels_text,
    orders.contact_id as ordered_contact_id,
    cast(null as varchar) as ordered_tone_code,
    'apology' as tone_code,
    cast(null as varchar) as variant_tone_code,
    cast(0 as decimal(21, 3)) as minimum_amount,
    false as has_penalties,
    cast(null as bigint) as deadline_days,
    '12345' as weekdays_text,
    cast(null as varchar) as signer_id,
    cast(0 as decimal(18, 6)) as hold_out_ratio,
    cast(0 as decimal(18, 6)) as variant_ratio,
    cast(1 as decimal(18, 6)) as drawn_ratio
from queries
inner join customer_policies
    on queries.company_id = customer_policies.company_id
    and queries.customer_id = customer_policies.customer_id
inner join reminder_policies on customer_policies.policy_code = reminder_policies.policy_code
left join orders
    on queries.customer_id = orders.customer_id
    and orders.company_id in ('', queries.company_id)
left join apologies_sent
    on queries.company_id = apologies_sent.company_id
    and queries.customer_id = apologies_sent.customer_id
left anti join blocked_customers
    on queries.company_id = blocked_customers.company_id
    and queries.customer_id = blocked_customers.customer_id
where
    reminder_policies.apology_channels_text is not null
    and coalesce(customer_policies.status_code, '') not in ('insolvent', 'legal', 'factored')
    and not coalesce(apologies_sent.is_uncertain, false)
    -- one for each problem, and again while it stays open
    and (
        apologies_sent.sent_date is null
        or queries.from_date > apologies_sent.sent_date
        or $as_of - apologies_sent.sent_date >= reminder_policies.apology_wait_days
    )
