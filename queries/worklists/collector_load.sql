-- collector_load: the day of each collector and owner: minutes, lines and money.
--
-- grain:   one assignee
-- key:     assignee_id
-- source:  worklist, collectors
-- params:  none
-- columns:
--   assignee_id          text   the collector, or the owner who can unblock it
--   assignee_name        text   the collector's name; else the identifier
--   agency_code          text   the agency outside that it is; null for people of the house
--   daily_minute_count   int    minutes of contacts a day; null for owners
--   used_minute_count    int    minutes of what is assigned
--   load_ratio           ratio  used of daily; null for owners
--   act_count            int    lines to act on
--   act_amount           money  overdue on them
--   care_count           int    of act_count: disputes, reminders before due, gaps
--   not_assigned_count   int    lines that nobody has time for
--   not_assigned_amount  money  overdue on them
--   wait_count           int    lines that wait
--   wait_amount          money  overdue on them

with sums as (
    select
        worklist.assignee_id,
        min(worklist.assignee_name) as assignee_name,
        bool_or(worklist.used_minute_count is not null) as is_timed,
        sum(case when worklist.status_code = 'act' then worklist.minute_count else 0 end)
            as used_minute_count,
        sum(case when worklist.status_code = 'act' then 1 else 0 end) as act_count,
        sum(case when worklist.status_code = 'act' then worklist.overdue_amount else 0 end)
            as act_amount,
        sum(
            case
                when worklist.status_code = 'act' and worklist.block_code = 'care' then 1
                else 0
            end
        ) as care_count,
        sum(case when worklist.status_code = 'not_assigned' then 1 else 0 end)
            as not_assigned_count,
        sum(
            case when worklist.status_code = 'not_assigned' then worklist.overdue_amount else 0 end
        ) as not_assigned_amount,
        sum(case when worklist.status_code = 'wait' then 1 else 0 end) as wait_count,
        sum(case when worklist.status_code = 'wait' then worklist.overdue_amount else 0 end)
            as wait_amount
    from worklist
    group by worklist.assignee_id
),

limits as (
    select
        sums.assignee_id,
        own_collectors.agency_code,
        case
            when sums.is_timed
                then coalesce(own_collectors.daily_minute_count, others.daily_minute_count)
        end as daily_minute_count
    from sums
    left join collectors as own_collectors on sums.assignee_id = own_collectors.collector_id
    left join collectors as others on others.collector_id = '*'
)

select
    sums.assignee_id,
    sums.assignee_name,
    limits.agency_code,
    limits.daily_minute_count,
    sums.used_minute_count,
    cast(
        cast(sums.used_minute_count as decimal(38, 12)) / nullif(limits.daily_minute_count, 0)
        as decimal(18, 6)
    ) as load_ratio,
    sums.act_count,
    cast(sums.act_amount as decimal(21, 3)) as act_amount,
    sums.care_count,
    sums.not_assigned_count,
    cast(sums.not_assigned_amount as decimal(21, 3)) as not_assigned_amount,
    sums.wait_count,
    cast(sums.wait_amount as decimal(21, 3)) as wait_amount
from sums
inner join limits on sums.assignee_id = limits.assignee_id
order by sums.assignee_id
