-- worklist_excluded: what is overdue and on no list, and why; both sum to overdue.
--
-- grain:   one customer and reason
-- key:     company_id, customer_id, reason_code
-- source:  item_balances, work_lines, payers
-- params:  none
-- columns:
--   company_id       text   whose receivables they are
--   customer_id      text   whose items they are; of a group, who would be spoken to for it
--   customer_name    text   its name, or its identifier where it has none
--   reason_code      text   credit_item: open credits are nobody's to chase; below_cost: acting
--                           costs more than it moves
--   overdue_amount   money  what is excluded
--   item_count       int    items of it

with excluded as (
    select
        item_balances.company_id,
        item_balances.customer_id,
        'credit_item' as reason_code,
        sum(item_balances.open_amount) as overdue_amount,
        count(*) as item_count
    from item_balances
    where
        item_balances.past_due_days > 0
        and not (item_balances.is_debit and item_balances.open_amount > 0)
    group by item_balances.company_id, item_balances.customer_id
    union all
    select
        work_lines.company_id,
        work_lines.customer_id,
        'below_cost' as reason_code,
        sum(work_lines.overdue_amount) as overdue_amount,
        sum(work_lines.item_count) as item_count
    from work_lines
    where work_lines.status_code = 'leave' and work_lines.overdue_amount > 0
    group by work_lines.company_id, work_lines.customer_id
)

select
    excluded.company_id,
    excluded.customer_id,
    coalesce(payers.customer_name, excluded.customer_id) as customer_name,
    excluded.reason_code,
    cast(excluded.overdue_amount as decimal(21, 3)) as overdue_amount,
    excluded.item_count
from excluded
left join payers
    on excluded.company_id = payers.company_id
    and excluded.customer_id = payers.customer_id
order by overdue_amount, company_id, customer_id, reason_code
