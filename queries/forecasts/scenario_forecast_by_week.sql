-- scenario_forecast_by_week: the receipts of the weeks to come, added up, scenario by scenario.
--
-- grain:   one scenario and week
-- key:     scenario_code, week_order
-- source:  scenario_week_forecasts
-- params:  none
-- columns:
--   scenario_order         int    0 for the forecast itself, 1 for the others
--   scenario_code          text   as_forecast, or one of scenarios.csv
--   week_order             int    1 for the week that begins the day after $as_of
--   week_end_date          date   its Sunday
--   cumulative_p10_amount  money  nine times in ten more comes in, up to the end of the week
--   cumulative_p50_amount  money  as likely more as less
--   cumulative_p90_amount  money  nine times in ten less

select
    cast(
        case when scenario_week_forecasts.group_id = 'as_forecast' then 0 else 1 end as bigint
    ) as scenario_order,
    scenario_week_forecasts.group_id as scenario_code,
    scenario_week_forecasts.week_order,
    scenario_week_forecasts.week_end_date,
    scenario_week_forecasts.cumulative_p10_amount,
    scenario_week_forecasts.cumulative_p50_amount,
    scenario_week_forecasts.cumulative_p90_amount
from scenario_week_forecasts
where not scenario_week_forecasts.is_beyond
order by scenario_order, scenario_code, week_order
