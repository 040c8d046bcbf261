-- payer_lateness: what tells how late a customer pays, on each day the payers are looked at.
--
-- grain:   one picture and claim: paid in the 12 months before, or past due
-- key:     picture_date, item_number
-- source:  payer_days, settled_spells, stepped_spells, picture_balances
-- params:  none
-- kept:    no
-- columns:
--   picture_date   date   the day of the picture
--   company_id     text   whose receivables they are
--   customer_id    text   who owed or owes
--   item_number    int    the item, of known_items
--   late_days      int    settled minus due date; for what is past due, the picture's day minus it
--   weight_amount  money  the item's amount; for what is past due, what is open
--   is_open        flag   past due at the end of that day
--   is_recent      flag   settled in the 3 months before, or due in them and still open
--   late_date      date   the day it was settled; for what is past due, the picture's day

-- the last cent of what was settled is not past due
with settled_rests as (
    select
        payer_days.picture_date,
        stepped_spells.item_number
    from payer_days
    inner join stepped_spells
        on stepped_spells.from_date <= payer_days.picture_date
        and (
            stepped_spells.until_date is null
            or stepped_spells.until_date > payer_days.picture_date
        )
)

select
    payer_days.picture_date,
    settled_spells.company_id,
    settled_spells.customer_id,
    settled_spells.item_number,
    settled_spells.settled_date - settled_spells.due_date as late_days,
    settled_spells.answer_amount as weight_amount,
    false as is_open,
    settled_spells.settled_date > payer_days.recent_date as is_recent,
    settled_spells.settled_date as late_date
from payer_days
cross join settled_spells
where
    settled_spells.is_cash
    and settled_spells.due_date is not null
    and settled_spells.from_date <= payer_days.picture_date
    and settled_spells.settled_date > payer_days.window_date
    and (
        settled_spells.until_date is null
        or settled_spells.until_date > payer_days.picture_date
    )
union all
select
    payer_days.picture_date,
    picture_balances.company_id,
    picture_balances.customer_id,
    picture_balances.item_number,
    payer_days.picture_date - picture_balances.due_date as late_days,
    picture_balances.open_amount as weight_amount,
    true as is_open,
    picture_balances.due_date > payer_days.recent_date as is_recent,
    payer_days.picture_date as late_date
from picture_balances
inner join payer_days on picture_balances.picture_date = payer_days.picture_date
left anti join settled_rests
    on picture_balances.picture_date = settled_rests.picture_date
    and picture_balances.item_number = settled_rests.item_number
where
    picture_balances.is_claim
    and picture_balances.open_amount > 0
    and picture_balances.due_date < payer_days.picture_date
