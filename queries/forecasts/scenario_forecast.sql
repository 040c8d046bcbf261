-- scenario_forecast: what would come in if things went otherwise, scenario by scenario.
--
-- grain:   one scenario
-- key:     scenario_code
-- source:  scenario_week_forecasts
-- params:  none
-- columns:
--   scenario_order        int    0 for the forecast itself, then by code
--   scenario_code         text   as_forecast, or one of scenarios.csv
--   within_4_weeks_amount money  as likely more as less, up to the end of the fourth week
--   within_8_weeks_amount money  the eighth
--   all_weeks_amount      money  the last
--   p10_amount            money  nine times in ten more comes in, up to the end of the last week
--   p90_amount            money  nine times in ten less
--   difference_amount     money  all_weeks_amount less that of the forecast itself

with last_weeks as (
    select max(scenario_week_forecasts.week_order) as week_order
    from scenario_week_forecasts
    where not scenario_week_forecasts.is_beyond
),

scenarios_summed as (
    select
        scenario_week_forecasts.group_id as scenario_code,
        max(
            case
                when scenario_week_forecasts.week_order = least(4, last_weeks.week_order)
                    then scenario_week_forecasts.cumulative_p50_amount
            end
        ) as within_4_weeks_amount,
        max(
            case
                when scenario_week_forecasts.week_order = least(8, last_weeks.week_order)
                    then scenario_week_forecasts.cumulative_p50_amount
            end
        ) as within_8_weeks_amount,
        max(
            case
                when scenario_week_forecasts.week_order = last_weeks.week_order
                    then scenario_week_forecasts.cumulative_p50_amount
            end
        ) as all_weeks_amount,
        max(
            case
                when scenario_week_forecasts.week_order = last_weeks.week_order
                    then scenario_week_forecasts.cumulative_p10_amount
            end
        ) as p10_amount,
        max(
            case
                when scenario_week_forecasts.week_order = last_weeks.week_order
                    then scenario_week_forecasts.cumulative_p90_amount
            end
        ) as p90_amount
    from scenario_week_forecasts
    cross join last_weeks
    group by scenario_week_forecasts.group_id
)

select
    cast(
        row_number() over (
            order by
                case when scenarios_summed.scenario_code = 'as_forecast' then 0 else 1 end,
                scenarios_summed.scenario_code
        ) - 1 as bigint
    ) as scenario_order,
    scenarios_summed.scenario_code,
    scenarios_summed.within_4_weeks_amount,
    scenarios_summed.within_8_weeks_amount,
    scenarios_summed.all_weeks_amount,
    scenarios_summed.p10_amount,
    scenarios_summed.p90_amount,
    cast(
        scenarios_summed.all_weeks_amount - as_forecast.all_weeks_amount as decimal(21, 3)
    ) as difference_amount
from scenarios_summed
left join scenarios_summed as as_forecast on as_forecast.scenario_code = 'as_forecast'
order by scenario_order
