-- customer_lines: what there is to do with each customer by itself.
--
-- grain:   one customer, action, reason and owner
-- key:     company_id, customer_id, action_code, reason_code, owner
-- source:  work_items, wait_chances, payers, last_actions, channel_actions, customer_contacts,
--          promise_outcomes, known_items, strategies, work_settings, contacts
-- params:  $as_of date, $decimals int
-- columns:
--   company_id        text     whose receivables they are
--   customer_id       text     who owes
--   action_code       text     what to do
--   reason_code       text     why it is this, and with whom: due, broken_promise, open_dispute…
--   owner             text     whose work it is; empty: the customer's collector
--   block_code        text     collect: what is overdue; care: disputes, reminders before due, gaps
--   status_code       text     act, or wait until when_date
--   override_order    int      0 a deadline, 1 a broken promise, 2 neither
--   channel_code      text     through which channel, whether or not it can be reached so
--   skill_code        text     what a collector must master for it; null if nothing
--   when_date         date     from when on; $as_of for what is to be done now
--   overdue_amount    money    past due, of this line
--   movable_amount    money    of it, what is not likely to come within 14 days by itself; null
--                              where nobody is to be moved
--   not_due_amount    money    not yet due, of this line
--   item_count        int      items of this line
--   oldest_days       int      days past due of the oldest; negative if none is
--   items_text        text     item=document of each, `|` between them, oldest first, 500 at most
--   late_ratio        ratio    the payer's own late share, or that of all where it has none
--   promised_date     date     of the promise that is open or was broken
--   promised_amount   money    of that promise
--   received_amount   money    of that promise
--   deadline_date     date     after which the claim is lost; null without
--   contest_code      text     why it is contested; null where it is not

-- A contact through the same channel, or one that reached somebody, stands in the way of the next
-- for its days; a reminder sent by e-mail does not stand in the way of a call two days later.
with statuses as (
    select
        payers.company_id,
        payers.customer_id,
        payers.segment_code,
        payers.status_code,
        payers.stake_code,
        payers.open_amount,
        coalesce(
            payers.late_ratio,
            cast(avg(payers.late_ratio) over () as decimal(18, 6)),
            cast(1 as decimal(18, 6))
        ) as late_ratio
    from payers
),

broken_promises as (
    select
        promise_outcomes.company_id,
        promise_outcomes.customer_id,
        promise_outcomes.promised_date,
        promise_outcomes.verdict_date,
        promise_outcomes.promised_amount,
        promise_outcomes.received_amount,
        row_number() over (
            partition by promise_outcomes.company_id, promise_outcomes.customer_id
            order by promise_outcomes.verdict_date desc, promise_outcomes.action_id desc
        ) as promise_order
    from promise_outcomes
    where
        promise_outcomes.status_code in ('broken', 'partially_kept')
        and promise_outcomes.verdict_date > $as_of - interval '30 days'
),

doubtful_days as (
    select
        known_items.company_id,
        known_items.customer_id,
        min(known_items.posted_date) as doubtful_date
    from known_items
    where known_items.is_doubtful and known_items.is_debit
    group by known_items.company_id, known_items.customer_id
),

free_parts as (
    select
        work_items.company_id,
        work_items.customer_id,
        work_items.item_id,
        work_items.document_text,
        work_items.past_due_days,
        work_items.free_amount,
        wait_chances.wait_ratio
    from work_items
    inner join wait_chances on work_items.item_number = wait_chances.item_number
),

-- what a customer has that is free to be chased
chases as (
    select
        free_parts.company_id,
        free_parts.customer_id,
        sum(free_parts.free_amount) as overdue_amount,
        money(
            sum(cast(free_parts.free_amount as decimal(27, 3)) * (1 - free_parts.wait_ratio)),
            $decimals
        ) as movable_amount,
        count(*) as item_count,
        max(free_parts.past_due_days) as oldest_days,
        array_agg(
            free_parts.item_id || '=' || free_parts.document_text
            order by free_parts.past_due_days desc, free_parts.item_id
        ) as documents
    from free_parts
    group by free_parts.company_id, free_parts.customer_id
),

-- the last step that the oldest item has reached; a segment without steps goes by those of `*`
segment_strategies as (
    select
        statuses.company_id,
        statuses.customer_id,
        coalesce(strategies.segment_code, '*') as strategy_code
    from statuses
    left join (
        select distinct strategies.segment_code
        from strategies
    ) as strategies on statuses.segment_code = strategies.segment_code
),

reached_steps as (
    select
        chases.company_id,
        chases.customer_id,
        max(
            case when strategies.from_days <= chases.oldest_days then strategies.step_order end
        ) as reached_order,
        min(case when strategies.from_days > 0 then strategies.step_order end) as first_order
    from chases
    inner join segment_strategies
        on chases.company_id = segment_strategies.company_id
        and chases.customer_id = segment_strategies.customer_id
    inner join strategies on segment_strategies.strategy_code = strategies.segment_code
    group by chases.company_id, chases.customer_id
),

chase_steps as (
    select
        chases.company_id,
        chases.customer_id,
        chases.overdue_amount,
        chases.movable_amount,
        work_settings.call_amount,
        chases.item_count,
        chases.oldest_days,
        chases.documents,
        statuses.status_code,
        statuses.late_ratio,
        segment_strategies.strategy_code,
        coalesce(strategies.action_code, 'call') as action_code,
        coalesce(strategies.channel_code, 'phone') as channel_code,
        strategies.skill_code,
        coalesce(strategies.from_days, 1) as from_days,
        -- a reminder before the due date is no step for what is overdue
        coalesce(
            reached_steps.reached_order >= reached_steps.first_order,
            strategies.from_days is null
        ) as is_reached,
        last_actions.action_date as last_action_date,
        greatest(
            cast(cast(last_actions.action_date as int) + 1 as date),
            cast(
                cast(last_actions.reached_date as int)
                + cast(
                    coalesce(last_actions.reached_wait_days, strategies.wait_days, 7) as int
                ) as date
            ),
            cast(
                cast(channel_actions.action_date as int)
                + cast(coalesce(channel_actions.wait_days, strategies.wait_days, 7) as int) as date
            )
        ) as next_date,
        broken_promises.promised_date,
        broken_promises.promised_amount,
        broken_promises.received_amount,
        -- nobody was spoken to since, and whoever was called in vain is called again later
        coalesce(
            broken_promises.verdict_date
            > coalesce(last_actions.reached_date, cast('1900-01-01' as date)),
            false
        )
        and coalesce(
            cast(
                cast(phone_actions.action_date as int)
                + cast(coalesce(phone_actions.wait_days, 1) as int)
                as date
            ) <= $as_of,
            true
        ) as is_broken,
        case
            when
                statuses.status_code = 'insolvent'
                and cast(doubtful_days.doubtful_date as int) + work_settings.claim_days
                > cast($as_of as int)
                then cast(
                    cast(doubtful_days.doubtful_date as int) + cast(work_settings.claim_days as int)
                    as date
                )
            when
                chases.oldest_days
                >= work_settings.limitation_days - work_settings.limitation_notice_days
                and chases.oldest_days <= work_settings.limitation_days
                then cast(
                    cast($as_of as int)
                    + cast(work_settings.limitation_days - chases.oldest_days as int) as date
                )
        end as deadline_date
    from chases
    cross join work_settings
    inner join statuses
        on chases.company_id = statuses.company_id
        and chases.customer_id = statuses.customer_id
    inner join segment_strategies
        on chases.company_id = segment_strategies.company_id
        and chases.customer_id = segment_strategies.customer_id
    left join reached_steps
        on chases.company_id = reached_steps.company_id
        and chases.customer_id = reached_steps.customer_id
    left join strategies
        on segment_strategies.strategy_code = strategies.segment_code
        and greatest(
            coalesce(reached_steps.reached_order, 0),
            coalesce(reached_steps.first_order, reached_steps.reached_order)
        ) = strategies.step_order
    left join last_actions
        on chases.company_id = last_actions.company_id
        and chases.customer_id = last_actions.customer_id
    left join channel_actions
        on chases.company_id = channel_actions.company_id
        and chases.customer_id = channel_actions.customer_id
        and coalesce(strategies.channel_code, 'phone') = channel_actions.channel_code
    left join channel_actions as phone_actions
        on chases.company_id = phone_actions.company_id
        and chases.customer_id = phone_actions.customer_id
        and phone_actions.channel_code = 'phone'
    left join doubtful_days
        on chases.company_id = doubtful_days.company_id
        and chases.customer_id = doubtful_days.customer_id
    left join broken_promises
        on chases.company_id = broken_promises.company_id
        and chases.customer_id = broken_promises.customer_id
        and broken_promises.promise_order = 1
),

chase_verdicts as (
    select
        chase_steps.company_id,
        chase_steps.customer_id,
        chase_steps.overdue_amount,
        chase_steps.movable_amount,
        chase_steps.item_count,
        chase_steps.oldest_days,
        chase_steps.documents,
        chase_steps.late_ratio,
        chase_steps.skill_code,
        chase_steps.deadline_date,
        case when chase_steps.is_broken then chase_steps.promised_date end as promised_date,
        case when chase_steps.is_broken then chase_steps.promised_amount end as promised_amount,
        case when chase_steps.is_broken then chase_steps.received_amount end as received_amount,
        case
            when chase_steps.deadline_date is not null then 'deadline'
            when chase_steps.status_code in ('insolvent', 'legal') then 'legal'
            when chase_steps.is_broken then 'broken_promise'
            when not chase_steps.is_reached then 'too_early'
            when chase_steps.next_date > $as_of then 'contacted'
            else 'due'
        end as reason_code,
        case
            when
                chase_steps.deadline_date is not null and chase_steps.status_code = 'insolvent'
                then 'declare_claim'
            when chase_steps.deadline_date is not null then 'interrupt_limitation'
            when chase_steps.status_code = 'insolvent' then 'file_claim'
            when chase_steps.status_code = 'legal' then 'follow_lawyer'
            when chase_steps.is_broken then 'chase_promise'
            when
                chase_steps.channel_code = 'email'
                and chase_steps.overdue_amount >= chase_steps.call_amount
                then 'call'
            else chase_steps.action_code
        end as action_code,
        case
            when chase_steps.status_code in ('insolvent', 'legal') then 'letter'
            when chase_steps.is_broken then 'phone'
            -- a large sum is worth a call
            when
                chase_steps.channel_code = 'email'
                and chase_steps.overdue_amount >= chase_steps.call_amount
                then 'phone'
            else chase_steps.channel_code
        end as channel_code,
        case
            when not chase_steps.is_reached
                then cast(
                    cast($as_of as int)
                    + cast(chase_steps.from_days - chase_steps.oldest_days as int) as date
                )
            else chase_steps.next_date
        end as next_date
    from chase_steps
),

chase_lines as (
    select
        chase_verdicts.company_id,
        chase_verdicts.customer_id,
        chase_verdicts.action_code,
        chase_verdicts.reason_code,
        case
            when
                chase_verdicts.reason_code = 'legal'
                or chase_verdicts.action_code = 'declare_claim'
                then 'credit management'
            else ''
        end as owner,
        'collect' as block_code,
        case
            when chase_verdicts.reason_code in ('too_early', 'contacted') then 'wait'
            else 'act'
        end as status_code,
        case chase_verdicts.reason_code
            when 'deadline' then 0
            when 'broken_promise' then 1
            else 2
        end as override_order,
        chase_verdicts.channel_code,
        chase_verdicts.skill_code,
        case
            when chase_verdicts.reason_code in ('too_early', 'contacted')
                then chase_verdicts.next_date
            else $as_of
        end as when_date,
        chase_verdicts.overdue_amount,
        chase_verdicts.movable_amount,
        cast(0 as decimal(21, 3)) as not_due_amount,
        chase_verdicts.item_count,
        chase_verdicts.oldest_days,
        chase_verdicts.documents,
        chase_verdicts.late_ratio,
        chase_verdicts.promised_date,
        chase_verdicts.promised_amount,
        chase_verdicts.received_amount,
        chase_verdicts.deadline_date,
        cast(null as varchar) as contest_code
    from chase_verdicts
),

-- Money of the customer's that the company holds already: of a receipt, or of an advance.
held_amounts as (
    select
        work_items.company_id,
        work_items.customer_id,
        work_items.item_id,
        work_items.document_text,
        work_items.past_due_days,
        'unallocated_receipt' as reason_code,
        work_items.received_amount as held_amount
    from work_items
    where work_items.received_amount > 0
    union all
    select
        work_items.company_id,
        work_items.customer_id,
        work_items.item_id,
        work_items.document_text,
        work_items.past_due_days,
        'advance_held' as reason_code,
        work_items.advanced_amount as held_amount
    from work_items
    where work_items.advanced_amount > 0
),

blocked_lines as (
    select
        work_items.company_id,
        work_items.customer_id,
        'await_promise' as action_code,
        'promise_open' as reason_code,
        '' as owner,
        'collect' as block_code,
        'wait' as status_code,
        2 as override_order,
        'internal' as channel_code,
        cast(null as varchar) as skill_code,
        max(work_items.verdict_date) as when_date,
        sum(work_items.promised_amount) as overdue_amount,
        cast(null as decimal(21, 3)) as movable_amount,
        cast(0 as decimal(21, 3)) as not_due_amount,
        count(*) as item_count,
        max(work_items.past_due_days) as oldest_days,
        array_agg(
            work_items.item_id || '=' || work_items.document_text
            order by work_items.past_due_days desc, work_items.item_id
        ) as documents,
        max(statuses.late_ratio) as late_ratio,
        max(work_items.promised_date) as promised_date,
        sum(work_items.promised_amount) as promised_amount,
        cast(null as decimal(21, 3)) as received_amount,
        cast(null as date) as deadline_date,
        cast(null as varchar) as contest_code
    from work_items
    inner join statuses
        on work_items.company_id = statuses.company_id
        and work_items.customer_id = statuses.customer_id
    where work_items.promised_amount > 0 and work_items.past_due_days > 0
    group by work_items.company_id, work_items.customer_id
    union all
    select
        held_amounts.company_id,
        held_amounts.customer_id,
        'apply_cash' as action_code,
        held_amounts.reason_code,
        'cash application' as owner,
        'collect' as block_code,
        'act' as status_code,
        2 as override_order,
        'internal' as channel_code,
        cast(null as varchar) as skill_code,
        $as_of as when_date,
        sum(held_amounts.held_amount) as overdue_amount,
        cast(null as decimal(21, 3)) as movable_amount,
        cast(0 as decimal(21, 3)) as not_due_amount,
        count(*) as item_count,
        max(held_amounts.past_due_days) as oldest_days,
        array_agg(
            held_amounts.item_id || '=' || held_amounts.document_text
            order by held_amounts.past_due_days desc, held_amounts.item_id
        ) as documents,
        max(statuses.late_ratio) as late_ratio,
        cast(null as date) as promised_date,
        cast(null as decimal(21, 3)) as promised_amount,
        cast(null as decimal(21, 3)) as received_amount,
        cast(null as date) as deadline_date,
        cast(null as varchar) as contest_code
    from held_amounts
    inner join statuses
        on held_amounts.company_id = statuses.company_id
        and held_amounts.customer_id = statuses.customer_id
    group by held_amounts.company_id, held_amounts.customer_id, held_amounts.reason_code
    union all
    select
        work_items.company_id,
        work_items.customer_id,
        'solve_dispute' as action_code,
        'open_dispute' as reason_code,
        work_items.owner,
        'care' as block_code,
        'act' as status_code,
        2 as override_order,
        'internal' as channel_code,
        cast(null as varchar) as skill_code,
        $as_of as when_date,
        sum(
            case when work_items.past_due_days > 0 then work_items.contested_amount else 0 end
        ) as overdue_amount,
        cast(null as decimal(21, 3)) as movable_amount,
        sum(
            case when work_items.past_due_days > 0 then 0 else work_items.contested_amount end
        ) as not_due_amount,
        count(*) as item_count,
        max(work_items.past_due_days) as oldest_days,
        array_agg(
            work_items.item_id || '=' || work_items.document_text
            order by work_items.past_due_days desc nulls last, work_items.item_id
        ) as documents,
        max(statuses.late_ratio) as late_ratio,
        cast(null as date) as promised_date,
        cast(null as decimal(21, 3)) as promised_amount,
        cast(null as decimal(21, 3)) as received_amount,
        cast(null as date) as deadline_date,
        min(work_items.reason_code) as contest_code
    from work_items
    inner join statuses
        on work_items.company_id = statuses.company_id
        and work_items.customer_id = statuses.customer_id
    where work_items.contested_amount > 0
    group by work_items.company_id, work_items.customer_id, work_items.owner
),

pre_due_steps as (
    select
        segment_strategies.company_id,
        segment_strategies.customer_id,
        strategies.action_code,
        strategies.channel_code,
        strategies.skill_code,
        strategies.from_days,
        strategies.wait_days
    from segment_strategies
    inner join strategies on segment_strategies.strategy_code = strategies.segment_code
    where strategies.from_days < 0
),

pre_due_lines as (
    select
        work_items.company_id,
        work_items.customer_id,
        pre_due_steps.action_code,
        'pre_due' as reason_code,
        '' as owner,
        'care' as block_code,
        'act' as status_code,
        2 as override_order,
        case
            when pre_due_steps.channel_code = 'phone' and max(customer_contacts.phone_text) is null
                then 'email'
            else pre_due_steps.channel_code
        end as channel_code,
        pre_due_steps.skill_code,
        $as_of as when_date,
        cast(0 as decimal(21, 3)) as overdue_amount,
        cast(null as decimal(21, 3)) as movable_amount,
        sum(work_items.free_amount) as not_due_amount,
        count(*) as item_count,
        max(work_items.past_due_days) as oldest_days,
        array_agg(
            work_items.item_id || '=' || work_items.document_text
            order by work_items.past_due_days desc, work_items.item_id
        ) as documents,
        max(statuses.late_ratio) as late_ratio,
        cast(null as date) as promised_date,
        cast(null as decimal(21, 3)) as promised_amount,
        cast(null as decimal(21, 3)) as received_amount,
        cast(null as date) as deadline_date,
        cast(null as varchar) as contest_code
    from work_items
    cross join work_settings
    inner join pre_due_steps
        on work_items.company_id = pre_due_steps.company_id
        and work_items.customer_id = pre_due_steps.customer_id
    inner join statuses
        on work_items.company_id = statuses.company_id
        and work_items.customer_id = statuses.customer_id
    left join customer_contacts
        on work_items.company_id = customer_contacts.company_id
        and work_items.customer_id = customer_contacts.customer_id
    left join last_actions
        on work_items.company_id = last_actions.company_id
        and work_items.customer_id = last_actions.customer_id
    where
        work_items.past_due_days <= 0
        and work_items.past_due_days >= pre_due_steps.from_days
        and work_items.free_amount >= work_settings.pre_due_amount
        and (
            last_actions.action_date is null
            or cast(
                cast(last_actions.action_date as int) + cast(pre_due_steps.wait_days as int) as date
            ) <= $as_of
        )
    group by
        work_items.company_id,
        work_items.customer_id,
        pre_due_steps.action_code,
        pre_due_steps.channel_code,
        pre_due_steps.skill_code
),

-- whom to call, and how they validate, must be known of a customer that matters before it is late
gap_lines as (
    select
        statuses.company_id,
        statuses.customer_id,
        'complete_contact' as action_code,
        case
            when not customer_contacts.has_contact then 'contact_unknown'
            else 'process_unknown'
        end as reason_code,
        '' as owner,
        'care' as block_code,
        'act' as status_code,
        2 as override_order,
        case when customer_contacts.phone_text is null then 'internal' else 'phone' end
            as channel_code,
        cast(null as varchar) as skill_code,
        $as_of as when_date,
        cast(0 as decimal(21, 3)) as overdue_amount,
        money(
            cast(statuses.open_amount as decimal(27, 3)) * statuses.late_ratio,
            $decimals
        ) as movable_amount,
        cast(0 as decimal(21, 3)) as not_due_amount,
        0 as item_count,
        cast(null as bigint) as oldest_days,
        cast(make_array() as varchar[]) as documents,
        statuses.late_ratio,
        cast(null as date) as promised_date,
        cast(null as decimal(21, 3)) as promised_amount,
        cast(null as decimal(21, 3)) as received_amount,
        cast(null as date) as deadline_date,
        cast(null as varchar) as contest_code
    from statuses
    inner join customer_contacts
        on statuses.company_id = customer_contacts.company_id
        and statuses.customer_id = customer_contacts.customer_id
    where
        statuses.stake_code in ('A', 'B')
        and statuses.open_amount > 0
        and not (customer_contacts.has_contact and customer_contacts.has_process)
        -- where no file of contacts was loaded, the page says so once
        and (select count(*) from contacts) > 0
),

lines as (
    select
        chase_lines.company_id,
        chase_lines.customer_id,
        chase_lines.action_code,
        chase_lines.reason_code,
        chase_lines.owner,
        chase_lines.block_code,
        chase_lines.status_code,
        chase_lines.override_order,
        chase_lines.channel_code,
        chase_lines.skill_code,
        chase_lines.when_date,
        chase_lines.overdue_amount,
        chase_lines.movable_amount,
        chase_lines.not_due_amount,
        chase_lines.item_count,
        chase_lines.oldest_days,
        chase_lines.documents,
        chase_lines.late_ratio,
        chase_lines.promised_date,
        chase_lines.promised_amount,
        chase_lines.received_amount,
        chase_lines.deadline_date,
        chase_lines.contest_code
    from chase_lines
    union all
    select
        blocked_lines.company_id,
        blocked_lines.customer_id,
        blocked_lines.action_code,
        blocked_lines.reason_code,
        blocked_lines.owner,
        blocked_lines.block_code,
        blocked_lines.status_code,
        blocked_lines.override_order,
        blocked_lines.channel_code,
        blocked_lines.skill_code,
        blocked_lines.when_date,
        blocked_lines.overdue_amount,
        blocked_lines.movable_amount,
        blocked_lines.not_due_amount,
        blocked_lines.item_count,
        blocked_lines.oldest_days,
        blocked_lines.documents,
        blocked_lines.late_ratio,
        blocked_lines.promised_date,
        blocked_lines.promised_amount,
        blocked_lines.received_amount,
        blocked_lines.deadline_date,
        blocked_lines.contest_code
    from blocked_lines
    union all
    select
        pre_due_lines.company_id,
        pre_due_lines.customer_id,
        pre_due_lines.action_code,
        pre_due_lines.reason_code,
        pre_due_lines.owner,
        pre_due_lines.block_code,
        pre_due_lines.status_code,
        pre_due_lines.override_order,
        pre_due_lines.channel_code,
        pre_due_lines.skill_code,
        pre_due_lines.when_date,
        pre_due_lines.overdue_amount,
        pre_due_lines.movable_amount,
        pre_due_lines.not_due_amount,
        pre_due_lines.item_count,
        pre_due_lines.oldest_days,
        pre_due_lines.documents,
        pre_due_lines.late_ratio,
        pre_due_lines.promised_date,
        pre_due_lines.promised_amount,
        pre_due_lines.received_amount,
        pre_due_lines.deadline_date,
        pre_due_lines.contest_code
    from pre_due_lines
    union all
    select
        gap_lines.company_id,
        gap_lines.customer_id,
        gap_lines.action_code,
        gap_lines.reason_code,
        gap_lines.owner,
        gap_lines.block_code,
        gap_lines.status_code,
        gap_lines.override_order,
        gap_lines.channel_code,
        gap_lines.skill_code,
        gap_lines.when_date,
        gap_lines.overdue_amount,
        gap_lines.movable_amount,
        gap_lines.not_due_amount,
        gap_lines.item_count,
        gap_lines.oldest_days,
        gap_lines.documents,
        gap_lines.late_ratio,
        gap_lines.promised_date,
        gap_lines.promised_amount,
        gap_lines.received_amount,
        gap_lines.deadline_date,
        gap_lines.contest_code
    from gap_lines
)

select
    lines.company_id,
    lines.customer_id,
    lines.action_code,
    lines.reason_code,
    lines.owner,
    lines.block_code,
    lines.status_code,
    cast(lines.override_order as bigint) as override_order,
    lines.channel_code,
    lines.skill_code,
    lines.when_date,
    cast(lines.overdue_amount as decimal(21, 3)) as overdue_amount,
    lines.movable_amount,
    cast(lines.not_due_amount as decimal(21, 3)) as not_due_amount,
    lines.item_count,
    lines.oldest_days,
    array_to_string(array_slice(lines.documents, 1, 500), '|') as items_text,
    lines.late_ratio,
    lines.promised_date,
    cast(lines.promised_amount as decimal(21, 3)) as promised_amount,
    lines.received_amount,
    lines.deadline_date,
    lines.contest_code
from lines
