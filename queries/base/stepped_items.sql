-- stepped_items: the items that must be followed step by step: contested ones, and uneven ones.
--
-- grain:   one item
-- key:     item_number
-- source:  dispute_spans, uneven_items
-- params:  none
-- columns:
--   item_number  int   the item, of known_items
--   is_uneven    flag  it was open again after a payment, or more was set against it than it bears

with uneven as (
    select distinct uneven_items.item_number
    from uneven_items
),

followed as (
    select uneven.item_number
    from uneven
    union
    select dispute_spans.item_number
    from dispute_spans
)

select
    followed.item_number,
    uneven.item_number is not null as is_uneven
from followed
left join uneven on followed.item_number = uneven.item_number
