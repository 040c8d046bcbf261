-- wait_chances: how likely an overdue item is paid within the horizon of a contact if nobody acts.
--
-- grain:   one overdue item with something free to be chased
-- key:     item_number
-- source:  work_items, item_forecasts, work_settings
-- params:  none
-- columns:
--   item_number  int    the item, of known_items
--   company_id   text   whose receivables they are
--   customer_id  text   who owes
--   wait_ratio   ratio  chance of being paid within response_days without a contact; no more than
--                       most_wait_ratio, since what is overdue is never sure

-- The forecast publishes the chances of some spans of days; between them the chance grows evenly.
-- It was learned while collectors acted as they did: what a contact adds is the response rate's.
select
    work_items.item_number,
    work_items.company_id,
    work_items.customer_id,
    cast(
        least(
            work_settings.most_wait_ratio,
            case
                when work_settings.response_days <= 7
                    then item_forecasts.p_paid_7_days_ratio * work_settings.response_days / 7
                when work_settings.response_days <= 14
                    then item_forecasts.p_paid_7_days_ratio
                        + (
                            item_forecasts.p_paid_14_days_ratio
                            - item_forecasts.p_paid_7_days_ratio
                        )
                        * (work_settings.response_days - 7) / 7
                when work_settings.response_days <= 30
                    then item_forecasts.p_paid_14_days_ratio
                        + (
                            item_forecasts.p_paid_30_days_ratio
                            - item_forecasts.p_paid_14_days_ratio
                        )
                        * (work_settings.response_days - 14) / 16
                when work_settings.response_days <= 60
                    then item_forecasts.p_paid_30_days_ratio
                        + (
                            item_forecasts.p_paid_60_days_ratio
                            - item_forecasts.p_paid_30_days_ratio
                        )
                        * (work_settings.response_days - 30) / 30
                else item_forecasts.p_paid_60_days_ratio
            end
        ) as decimal(18, 6)
    ) as wait_ratio
from work_items
cross join work_settings
inner join item_forecasts on work_items.item_number = item_forecasts.item_number
where work_items.free_amount > 0 and work_items.past_due_days > 0
