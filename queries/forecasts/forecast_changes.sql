-- forecast_changes: why the forecast is not what it was a week ago.
--
-- grain:   one kind of change that some item underwent
-- key:     change_code
-- source:  changed_forecasts
-- params:  none
-- columns:
--   change_order       int    order in which they are told
--   change_code        text   received, part_received, settled_otherwise, new_item, sooner or later
--   item_count         int    items
--   earlier_amount     money  cash expected of them a week ago, to the end of the weeks
--   later_amount       money  cash expected of them now
--   difference_amount  money  later less earlier

select
    case changed_forecasts.change_code
        when 'received' then 1
        when 'part_received' then 2
        when 'settled_otherwise' then 3
        when 'new_item' then 4
        when 'sooner' then 5
        else 6
    end as change_order,
    changed_forecasts.change_code,
    count(*) as item_count,
    cast(sum(changed_forecasts.earlier_amount) as decimal(21, 3)) as earlier_amount,
    cast(sum(changed_forecasts.later_amount) as decimal(21, 3)) as later_amount,
    cast(
        sum(changed_forecasts.later_amount - changed_forecasts.earlier_amount) as decimal(21, 3)
    ) as difference_amount
from changed_forecasts
group by changed_forecasts.change_code
order by change_order, change_code
