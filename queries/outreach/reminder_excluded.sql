-- reminder_excluded: what is overdue and on no message, and why; with the plan it sums to overdue.
--
-- grain:   one customer and reason
-- key:     company_id, customer_id, reason_code
-- source:  reminder_parts, payers
-- params:  none
-- columns:
--   company_id      text   whose receivables they are
--   customer_id     text   who owes
--   customer_name   text   its name, or its identifier where it has none
--   reason_code     text   disputed, announced, promise_waits, cash_unallocated, credit_covers,
--                          credit_item, insolvent, legal, factored, blocked, uncertain, too_soon,
--                          worn_out, below_minimum, no_contact, opted_out, holiday, hold_out,
--                          manual_only, levels_done or not_yet: the first that holds
--   overdue_amount  money  what is left out
--   item_count      int    items of it
--   until_date      date   the first day of those on which the reason ends; null where unknown
--   detail_text     text   who decided it, who can end it, or which channels lack an address

select
    reminder_parts.company_id,
    reminder_parts.customer_id,
    coalesce(min(payers.customer_name), reminder_parts.customer_id) as customer_name,
    reminder_parts.reason_code,
    cast(sum(reminder_parts.amount) as decimal(21, 3)) as overdue_amount,
    count(*) as item_count,
    min(reminder_parts.until_date) as until_date,
    min(reminder_parts.detail_text) as detail_text
from reminder_parts
left join payers
    on reminder_parts.company_id = payers.company_id
    and reminder_parts.customer_id = payers.customer_id
where reminder_parts.reason_code <> '' and reminder_parts.past_due_days > 0
group by
    reminder_parts.company_id, reminder_parts.customer_id, reminder_parts.reason_code
order by overdue_amount desc, company_id, customer_id, reason_code
