-- over_allocated: items allocated beyond their amount.
--
-- grain:   one item whose open amount on $as_of is not between its amount and 0
-- key:
-- source:  item_balances, maybe_open_items
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

with own_amounts as (
    select
        maybe_open_items.item_id,
        maybe_open_items.account,
        maybe_open_items.is_debit,
        maybe_open_items.amount,
        item_balances.item_open_amount,
        maybe_open_items.source_file,
        maybe_open_items.source_line
    from item_balances
    inner join maybe_open_items on item_balances.item_number = maybe_open_items.item_number
)

select
    own_amounts.item_id as subject_id,
    own_amounts.account,
    -- past 0 the other side is owed; past the amount more was taken back than was allocated
    cast(
        greatest(
            case when own_amounts.is_debit then -own_amounts.item_open_amount
                else own_amounts.item_open_amount end,
            abs(own_amounts.item_open_amount) - abs(own_amounts.amount)
        ) as decimal(18, 2)
    ) as amount,
    own_amounts.source_file,
    own_amounts.source_line,
    concat(
        'amount ', cast(own_amounts.amount as text),
        ', open ', cast(own_amounts.item_open_amount as text)
    ) as detail_text
from own_amounts
where
    (own_amounts.is_debit and own_amounts.item_open_amount < 0)
    or (own_amounts.is_debit and own_amounts.item_open_amount > own_amounts.amount)
    or (not own_amounts.is_debit and own_amounts.item_open_amount > 0)
    or (not own_amounts.is_debit and own_amounts.item_open_amount < own_amounts.amount)
order by own_amounts.item_id, own_amounts.account
