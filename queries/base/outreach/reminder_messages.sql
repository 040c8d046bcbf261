-- reminder_messages: what a run would send to each customer, and why it may not.
--
-- grain:   one customer with an item whose level's day has come
-- key:     company_id, customer_id
-- source:  reminder_candidates, reminder_levels, reminder_policies, reminder_orders,
--          reachable_channels, holidays
-- params:  $as_of date
-- columns:
--   company_id      text   whose receivables they are
--   customer_id     text   to whom
--   message_id      text   the same for customer, policy, level, day and channel
--   policy_code     text   of the item that has come furthest
--   variant_code    text   a, or b for the share that gets the variant tone
--   level_order     int    the highest level of its items
--   mode_code       text   automatic, approve or manual
--   tone_code       text   which template
--   channel_code    text   the first of the level's that reaches the customer; null where none does
--   contact_id      text   whom it is for; null where for nobody in particular
--   contact_name    text   its name
--   address_text    text   where to
--   language_code   text   in which language; null where nobody said
--   signer_id       text   who signs; null where nobody is named
--   has_penalties   flag   whether it names penalties
--   deadline_date   date   until when it asks for an answer; null where it sets no day
--   free_amount     money  what it would ask for, in the currency of the answer
--   reason_code     text   why it is not sent; null where it is
--   detail_text     text   which channels were tried

with runs as (
    select
        cast($as_of as date) as run_date,
        date_part('dow', $as_of) not in (0, 6)
        and count(holidays.holiday_date) = 0 as is_working_day
    from (select cast($as_of as date) as as_of_date) as days
    left join holidays on days.as_of_date = holidays.holiday_date
),

orders as (
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

drafts as (
    select
        levels_ready.company_id,
        levels_ready.customer_id,
        levels_ready.policy_code,
        levels_ready.level_order,
        levels_ready.free_amount,
        levels_ready.is_ordered,
        case when levels_ready.is_ordered then 'manual' else reminder_levels.mode_code end
            as mode_code,
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
),

ways as (
    select
        drafts.company_id,
        drafts.customer_id,
        reachable_channels.channel_code,
        reachable_channels.contact_id,
        reachable_channels.contact_name,
        reachable_channels.address_text,
        reachable_channels.language_code,
        reachable_channels.is_opted_out,
        reachable_channels.is_blocked,
        row_number() over (
            partition by drafts.company_id, drafts.customer_id
            order by
                reachable_channels.is_opted_out,
                reachable_channels.is_blocked,
                array_position(
                    string_to_array(drafts.channels_text, '|'), reachable_channels.channel_code
                )
        ) as way_order
    from drafts
    inner join reachable_channels
        on drafts.company_id = reachable_channels.company_id
        and drafts.customer_id = reachable_channels.customer_id
        and array_has(
            string_to_array(drafts.channels_text, '|'), reachable_channels.channel_code
        )
),

judged as (
    select
        drafts.company_id,
        drafts.customer_id,
        drafts.policy_code,
        drafts.level_order,
        drafts.free_amount,
        drafts.mode_code,
        drafts.has_penalties,
        drafts.deadline_days,
        drafts.signer_id,
        drafts.channels_text,
        ways.channel_code,
        ways.contact_id,
        ways.contact_name,
        ways.address_text,
        ways.language_code,
        case
            when drafts.drawn_ratio >= drafts.hold_out_ratio
                and drafts.drawn_ratio < drafts.hold_out_ratio + drafts.variant_ratio
                then 'b'
            else 'a'
        end as variant_code,
        drafts.ordered_tone_code,
        drafts.tone_code,
        drafts.variant_tone_code,
        case
            when not drafts.is_ordered and drafts.free_amount < drafts.minimum_amount
                then 'below_minimum'
            when ways.channel_code is null then 'no_contact'
            when ways.is_opted_out then 'opted_out'
            when ways.is_blocked then 'blocked'
            when drafts.is_ordered then null
            when
                not runs.is_working_day
                or position(
                    cast(cast(date_part('dow', runs.run_date) as int) as varchar)
                    in drafts.weekdays_text
                ) = 0
                then 'holiday'
            when drafts.drawn_ratio < drafts.hold_out_ratio then 'hold_out'
        end as reason_code
    from drafts
    cross join runs
    left join ways
        on drafts.company_id = ways.company_id
        and drafts.customer_id = ways.customer_id
        and ways.way_order = 1
)

select
    judged.company_id,
    judged.customer_id,
    text_digest(
        concat_ws(
            '|',
            judged.company_id,
            judged.customer_id,
            judged.policy_code,
            cast(judged.level_order as varchar),
            cast($as_of as varchar),
            judged.channel_code
        )
    ) as message_id,
    judged.policy_code,
    judged.variant_code,
    judged.level_order,
    judged.mode_code,
    case
        when judged.ordered_tone_code is not null then judged.ordered_tone_code
        when judged.variant_code = 'b'
            then coalesce(judged.variant_tone_code, judged.tone_code)
        else judged.tone_code
    end as tone_code,
    judged.channel_code,
    judged.contact_id,
    judged.contact_name,
    judged.address_text,
    judged.language_code,
    judged.signer_id,
    judged.has_penalties,
    cast(cast(cast($as_of as date) as int) + cast(judged.deadline_days as int) as date)
        as deadline_date,
    cast(judged.free_amount as decimal(21, 3)) as free_amount,
    judged.reason_code,
    judged.channels_text as detail_text
from judged
