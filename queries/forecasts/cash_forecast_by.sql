-- cash_forecast_by: the receipts of the weeks to come by company and by currency.
--
-- grain:   one dimension, group and week
-- key:     dimension_code, group_id, week_order
-- source:  week_forecasts
-- params:  none
-- columns:
--   dimension_code        text   company or currency
--   group_id              text   which; empty where the lake tells none
--   week_order            int    1 for the week that begins the day after $as_of
--   is_beyond             flag   all that comes after the last week
--   week_start_date       date   its first day
--   p10_amount            money  nine times in ten more comes in
--   p50_amount            money  as likely more as less
--   p90_amount            money  nine times in ten less comes in
--   mean_amount           money  on average; means add up, the others do not
--   due_date_amount       money  if all paid on the due date; what is past due, tomorrow
--   customer_mean_amount  money  if each paid as late as on average in 12 months

select
    week_forecasts.dimension_code,
    week_forecasts.group_id,
    week_forecasts.week_order,
    week_forecasts.is_beyond,
    week_forecasts.week_start_date,
    week_forecasts.p10_amount,
    week_forecasts.p50_amount,
    week_forecasts.p90_amount,
    week_forecasts.mean_amount,
    week_forecasts.due_date_amount,
    week_forecasts.customer_mean_amount
from week_forecasts
where week_forecasts.dimension_code <> 'total'
order by dimension_code, group_id, week_order
