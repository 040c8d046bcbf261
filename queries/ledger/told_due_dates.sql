-- told_due_dates: the due dates that files beside the ledger tell of its items.
--
-- grain:   one item whose due date is told
-- key:     item_number
-- source:  told_details
-- params:  none
-- columns:
--   item_number  int   the item, of known_items
--   due_date     date  when it is due

select
    told_details.item_number,
    told_details.due_date
from told_details
where told_details.due_date is not null
order by told_details.item_number
