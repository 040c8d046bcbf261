-- forecast_changes_items: the ten items that moved the forecast most since a week ago.
--
-- grain:   one item, of the ten whose expected cash changed most
-- key:     company_id, item_id
-- source:  changed_forecasts, known_items, customers
-- params:  none
-- columns:
--   company_id         text   empty where the lake holds none
--   customer_id        text   who owes, or owed
--   customer_name      text   its name; null where unknown
--   reference          text   number of the document
--   item_id            text   identifier, stable across loads
--   change_code        text   received, part_received, settled_otherwise, new_item, sooner or later
--   earlier_date       date   the day expected a week ago; null where it was not open yet
--   later_date         date   the day expected now; null where it is open no more
--   earlier_amount     money  cash expected of it a week ago, to the end of the weeks
--   later_amount       money  cash expected of it now
--   difference_amount  money  later less earlier

with named as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.name) as customer_name
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
),

changed_items as (
    select
        changed_forecasts.item_number,
        changed_forecasts.change_code,
        changed_forecasts.earlier_date,
        changed_forecasts.later_date,
        changed_forecasts.earlier_amount,
        changed_forecasts.later_amount,
        cast(
            changed_forecasts.later_amount - changed_forecasts.earlier_amount as decimal(21, 3)
        ) as difference_amount
    from changed_forecasts
),

ranked_items as (
    select
        known_items.customer_id,
        known_items.reference,
        known_items.item_id,
        known_items.company_id,
        changed_items.change_code,
        changed_items.earlier_date,
        changed_items.later_date,
        changed_items.earlier_amount,
        changed_items.later_amount,
        changed_items.difference_amount,
        row_number() over (
            order by
                abs(changed_items.difference_amount) desc,
                known_items.company_id,
                known_items.item_id
        ) as rank_order
    from changed_items
    inner join known_items on changed_items.item_number = known_items.item_number
)

select
    ranked_items.company_id,
    ranked_items.customer_id,
    named.customer_name,
    ranked_items.reference,
    ranked_items.item_id,
    ranked_items.change_code,
    ranked_items.earlier_date,
    ranked_items.later_date,
    ranked_items.earlier_amount,
    ranked_items.later_amount,
    ranked_items.difference_amount
from ranked_items
left join named
    on ranked_items.company_id = named.company_id
    and ranked_items.customer_id = named.customer_id
where ranked_items.rank_order <= 10
order by ranked_items.rank_order
