-- collection_performance: the month so far: collected against due and target.
--
-- grain:   one collector and segment; `*` stands for all of them
-- key:     collector_id, segment_code
-- source:  known_items, known_allocations, picture_balances, item_balances, payers,
--          customer_contacts, promise_outcomes, actions, results, targets
-- params:  $as_of date
-- columns:
--   collector_id        text   the collector of the customer's file; `team` without; `*` all
--   segment_code        text   what its customers are treated as today; `*` all
--   month_start_date    date   the first day of the month of $as_of
--   due_amount          money  past due when the month began, or fallen due since
--   collected_amount    money  of it, what receipts settled since
--   collected_ratio     ratio  collected of due
--   target_ratio        ratio  what it should be; null without a target
--   open_amount         money  open debit items
--   overdue_amount      money  of it, past due
--   overdue_ratio       ratio  of open
--   over_60_amount      money  of it, more than 60 days past due
--   over_60_ratio       ratio  of open
--   target_over_60_ratio  ratio  what it should not exceed; null without a target
--   disputed_amount     money  of open, disputed
--   promise_count       int    promises whose verdict fell in the month
--   kept_count          int    of these, kept
--   promise_kept_ratio  ratio  kept of them; null without promises
--   target_promise_kept_ratio  ratio  what it should be; null without a target
--   contact_count       int    contacts made in the month
--   reached_count       int    of these, somebody was reached

with months as (
    select
        cast(date_trunc('month', cast($as_of as date)) as date) as start_date,
        cast(date_trunc('month', cast($as_of as date)) - interval '1 day' as date) as before_date
),

people as (
    select
        payers.company_id,
        payers.customer_id,
        coalesce(customer_contacts.collector_id, 'team') as collector_id,
        payers.segment_code
    from payers
    left join customer_contacts
        on payers.company_id = customer_contacts.company_id
        and payers.customer_id = customer_contacts.customer_id
),

-- open when the month began, or posted in it
due_items as (
    select
        picture_balances.item_number,
        picture_balances.company_id,
        picture_balances.customer_id,
        picture_balances.open_amount as due_amount
    from picture_balances
    inner join months on picture_balances.picture_date = months.before_date
    where picture_balances.is_debit and picture_balances.due_date < $as_of
    union all
    select
        known_items.item_number,
        known_items.company_id,
        known_items.customer_id,
        known_items.answer_amount as due_amount
    from known_items
    cross join months
    where
        known_items.is_debit
        and known_items.due_date < $as_of
        and known_items.posted_date >= months.start_date
),

collected as (
    select
        known_allocations.debit_item_number as item_number,
        sum(known_allocations.answer_amount) as collected_amount
    from known_allocations
    cross join months
    where
        known_allocations.credit_kind = 'receipt'
        and known_allocations.acting_date >= months.start_date
    group by known_allocations.debit_item_number
),

figures as (
    select
        due_items.company_id,
        due_items.customer_id,
        'due' as figure_code,
        due_items.due_amount as amount
    from due_items
    union all
    select
        due_items.company_id,
        due_items.customer_id,
        'collected' as figure_code,
        collected.collected_amount as amount
    from due_items
    inner join collected on due_items.item_number = collected.item_number
    where due_items.due_amount > 0
    union all
    select
        item_balances.company_id,
        item_balances.customer_id,
        'open' as figure_code,
        item_balances.open_amount as amount
    from item_balances
    where item_balances.is_debit
    union all
    select
        item_balances.company_id,
        item_balances.customer_id,
        'overdue' as figure_code,
        item_balances.open_amount as amount
    from item_balances
    where item_balances.is_debit and item_balances.past_due_days > 0
    union all
    select
        item_balances.company_id,
        item_balances.customer_id,
        'over_60' as figure_code,
        item_balances.open_amount as amount
    from item_balances
    where item_balances.is_debit and item_balances.past_due_days > 60
    union all
    select
        item_balances.company_id,
        item_balances.customer_id,
        'disputed' as figure_code,
        item_balances.disputed_amount as amount
    from item_balances
    where item_balances.is_debit
    union all
    select
        promise_outcomes.company_id,
        promise_outcomes.customer_id,
        case promise_outcomes.status_code when 'kept' then 'kept' else 'not_kept' end
            as figure_code,
        cast(1 as decimal(21, 3)) as amount
    from promise_outcomes
    cross join months
    where
        promise_outcomes.verdict_date >= months.start_date
        and promise_outcomes.verdict_date <= $as_of
    union all
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        case when results.is_reached then 'reached' else 'contact' end as figure_code,
        cast(1 as decimal(21, 3)) as amount
    from actions
    cross join months
    left join results on actions.result_code = results.result_code
    where
        actions.action_date >= months.start_date
        and actions.action_date <= $as_of
        and actions.channel_code <> 'statement'
),

-- each customer counts for its collector, its segment, both and the whole
views as (
    select
        people.company_id,
        people.customer_id,
        unnest(make_array(people.collector_id, people.collector_id, '*', '*')) as collector_id,
        unnest(make_array(people.segment_code, '*', people.segment_code, '*')) as segment_code
    from people
),

sums as (
    select
        views.collector_id,
        views.segment_code,
        sum(case figures.figure_code when 'due' then figures.amount else 0 end) as due_amount,
        sum(case figures.figure_code when 'collected' then figures.amount else 0 end)
            as collected_amount,
        sum(case figures.figure_code when 'open' then figures.amount else 0 end) as open_amount,
        sum(case figures.figure_code when 'overdue' then figures.amount else 0 end)
            as overdue_amount,
        sum(case figures.figure_code when 'over_60' then figures.amount else 0 end)
            as over_60_amount,
        sum(case figures.figure_code when 'disputed' then figures.amount else 0 end)
            as disputed_amount,
        sum(case when figures.figure_code in ('kept', 'not_kept') then 1 else 0 end)
            as promise_count,
        sum(case figures.figure_code when 'kept' then 1 else 0 end) as kept_count,
        sum(case when figures.figure_code in ('reached', 'contact') then 1 else 0 end)
            as contact_count,
        sum(case figures.figure_code when 'reached' then 1 else 0 end) as reached_count
    from views
    inner join figures
        on views.company_id = figures.company_id
        and views.customer_id = figures.customer_id
    group by views.collector_id, views.segment_code
),

-- the most precise target: of both, of the collector, of the segment, of all
ranked_targets as (
    select
        sums.collector_id,
        sums.segment_code,
        targets.collected_ratio,
        targets.over_60_ratio,
        targets.promise_kept_ratio,
        row_number() over (
            partition by sums.collector_id, sums.segment_code
            order by
                case when targets.collector_id = '*' then 1 else 0 end,
                case when targets.segment_code = '*' then 1 else 0 end
        ) as target_order
    from sums
    inner join targets
        on (targets.collector_id = '*' or targets.collector_id = sums.collector_id)
        and (targets.segment_code = '*' or targets.segment_code = sums.segment_code)
)

select
    sums.collector_id,
    sums.segment_code,
    months.start_date as month_start_date,
    cast(sums.due_amount as decimal(21, 3)) as due_amount,
    cast(sums.collected_amount as decimal(21, 3)) as collected_amount,
    cast(
        cast(sums.collected_amount as decimal(50, 10))
        / nullif(cast(sums.due_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as collected_ratio,
    ranked_targets.collected_ratio as target_ratio,
    cast(sums.open_amount as decimal(21, 3)) as open_amount,
    cast(sums.overdue_amount as decimal(21, 3)) as overdue_amount,
    cast(
        cast(sums.overdue_amount as decimal(50, 10))
        / nullif(cast(sums.open_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as overdue_ratio,
    cast(sums.over_60_amount as decimal(21, 3)) as over_60_amount,
    cast(
        cast(sums.over_60_amount as decimal(50, 10))
        / nullif(cast(sums.open_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as over_60_ratio,
    ranked_targets.over_60_ratio as target_over_60_ratio,
    cast(sums.disputed_amount as decimal(21, 3)) as disputed_amount,
    sums.promise_count,
    sums.kept_count,
    cast(
        cast(sums.kept_count as decimal(38, 12)) / nullif(sums.promise_count, 0) as decimal(18, 6)
    ) as promise_kept_ratio,
    ranked_targets.promise_kept_ratio as target_promise_kept_ratio,
    sums.contact_count,
    sums.reached_count
from sums
cross join months
left join ranked_targets
    on sums.collector_id = ranked_targets.collector_id
    and sums.segment_code = ranked_targets.segment_code
    and ranked_targets.target_order = 1
order by collector_id, segment_code
