-- claim_holds: from when to when a claim was known to be held up.
--
-- grain:   one debit item and day from which a dated reason held it
-- key:     item_number, from_date
-- source:  contested_items
-- params:  none
-- columns:
--   item_number  int   the item, of known_items
--   from_date    date  from then on it was known
--   to_date      date  first day it no longer held; null while it holds

-- A flag without dates was written when all was over: it told nobody anything before.
select
    contested_items.item_number,
    contested_items.from_date,
    case
        when count(contested_items.to_date) = count(*) then max(contested_items.to_date)
    end as to_date
from contested_items
where not contested_items.is_undated
group by contested_items.item_number, contested_items.from_date
