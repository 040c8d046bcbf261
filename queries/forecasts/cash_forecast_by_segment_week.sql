-- cash_forecast_by_segment_week: the receipts of the weeks to come by segment of payers.
--
-- grain:   one segment with an open item and week
-- key:     segment_code, week_order
-- source:  segment_week_forecasts
-- params:  none
-- columns:
--   segment_code          text   how its customers pay; `unsegmented` where nobody knows
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
    case
        when segment_week_forecasts.group_id = '' then 'unsegmented'
        else segment_week_forecasts.group_id
    end as segment_code,
    segment_week_forecasts.week_order,
    segment_week_forecasts.is_beyond,
    segment_week_forecasts.week_start_date,
    segment_week_forecasts.p10_amount,
    segment_week_forecasts.p50_amount,
    segment_week_forecasts.p90_amount,
    segment_week_forecasts.mean_amount,
    segment_week_forecasts.due_date_amount,
    segment_week_forecasts.customer_mean_amount
from segment_week_forecasts
order by segment_code, week_order
