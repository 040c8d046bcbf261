-- over_allocated: items allocated beyond their amount.
--
-- grain:   one item whose open amount on $as_of is not between its amount and 0
-- key:
-- source:  item_balances
-- params:  none
-- columns:
--   subject_id   text   item
--   account      text   its account
--   amount       money  beyond the amount, in the currency of the item
--   source_file  text   of the item
--   source_line  int    of the item
--   detail_text  text   what was found
-- fault:   An item is allocated beyond its amount.
-- todo:    Find the allocations of the item and take back the one too many.

select
    item_balances.item_id as subject_id,
    item_balances.account,
    -- past 0 the other side is owed; past the amount more was taken back than was allocated
    cast(
        greatest(
            case when item_balances.is_debit then -item_balances.item_open_amount
                else item_balances.item_open_amount end,
            abs(item_balances.item_open_amount) - abs(item_balances.item_amount)
        ) as decimal(21, 3)
    ) as amount,
    item_balances.source_file,
    item_balances.source_line,
    concat(
        'amount ', cast(item_balances.item_amount as text),
        ', open ', cast(item_balances.item_open_amount as text)
    ) as detail_text
from item_balances
where
    (item_balances.is_debit and item_balances.item_open_amount < 0)
    or (item_balances.is_debit and item_balances.item_open_amount > item_balances.item_amount)
    or (not item_balances.is_debit and item_balances.item_open_amount > 0)
    or (not item_balances.is_debit and item_balances.item_open_amount < item_balances.item_amount)
order by item_balances.item_id, item_balances.account
