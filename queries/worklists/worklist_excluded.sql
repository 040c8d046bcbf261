-- worklist_excluded: what is overdue and on no list, and why; both sum to overdue.
--
-- grain:   one customer and reason
-- key:     customer_id, reason_code
-- source:  item_balances, payers
-- params:  none
-- columns:
--   customer_id      text   whose items they are
--   customer_name    text   its name, or its identifier where it has none
--   reason_code      text   credit_item: open credits are nobody's to chase
--   overdue_amount   money  what is excluded
--   item_count       int    items of it

select
    item_balances.customer_id,
    min(coalesce(payers.customer_name, item_balances.customer_id)) as customer_name,
    'credit_item' as reason_code,
    cast(sum(item_balances.open_amount) as decimal(18, 2)) as overdue_amount,
    count(*) as item_count
from item_balances
left join payers on item_balances.customer_id = payers.customer_id
where
    item_balances.past_due_days > 0
    and not (item_balances.is_debit and item_balances.open_amount > 0)
group by item_balances.customer_id
order by overdue_amount, customer_id
