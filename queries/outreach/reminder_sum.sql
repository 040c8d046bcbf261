-- reminder_sum: what is overdue, on messages by level or left out by reason: it sums to overdue.
--
-- grain:   one level that messages are at, or one reason
-- key:     part_code
-- source:  reminder_plan, reminder_excluded
-- params:  none
-- columns:
--   part_code       text   level_1, level_2… or the reason
--   is_asked        flag   on a message
--   customer_count  int    customers
--   overdue_amount  money  what is overdue of it

with parts as (
    select
        'level_' || cast(reminder_plan.level_order as varchar) as part_code,
        true as is_asked,
        reminder_plan.company_id || '|' || reminder_plan.customer_id as customer_key,
        reminder_plan.overdue_amount
    from reminder_plan
    where reminder_plan.level_order > 0
    union all
    select
        reminder_excluded.reason_code as part_code,
        false as is_asked,
        reminder_excluded.company_id || '|' || reminder_excluded.customer_id as customer_key,
        reminder_excluded.overdue_amount
    from reminder_excluded
)

select
    parts.part_code,
    bool_or(parts.is_asked) as is_asked,
    count(distinct parts.customer_key) as customer_count,
    cast(sum(parts.overdue_amount) as decimal(21, 3)) as overdue_amount
from parts
group by parts.part_code
order by is_asked desc, overdue_amount desc, part_code
