-- cash_forecast: the receipts of the weeks to come, from what is open: their range, and what two
-- simple forecasts say.
--
-- grain:   one week after $as_of: to Sunday, then Monday to Sunday, then all that is beyond
-- key:     week_order
-- source:  week_forecasts
-- params:  none
-- columns:
--   week_order                int    1 for the week that begins the day after $as_of
--   is_beyond                 flag   all that comes after the last week
--   week_start_date           date   its first day
--   week_end_date             date   its Sunday; null beyond
--   p10_amount                money  nine times in ten more comes in
--   p50_amount                money  as likely more as less
--   p90_amount                money  nine times in ten less comes in
--   mean_amount               money  on average; means add up, the others do not
--   due_date_amount           money  if all paid on the due date; what is past due, tomorrow
--   customer_mean_amount      money  if each paid as late as on average in 12 months
--   cumulative_p10_amount     money  the same of all up to the end of the week
--   cumulative_p50_amount     money  the same
--   cumulative_p90_amount     money  the same
--   cumulative_due_date_amount money  due dates, up to the end of the week

select
    week_forecasts.week_order,
    week_forecasts.is_beyond,
    week_forecasts.week_start_date,
    week_forecasts.week_end_date,
    week_forecasts.p10_amount,
    week_forecasts.p50_amount,
    week_forecasts.p90_amount,
    week_forecasts.mean_amount,
    week_forecasts.due_date_amount,
    week_forecasts.customer_mean_amount,
    week_forecasts.cumulative_p10_amount,
    week_forecasts.cumulative_p50_amount,
    week_forecasts.cumulative_p90_amount,
    cast(
        sum(week_forecasts.due_date_amount) over (order by week_forecasts.week_order)
        as decimal(21, 3)
    ) as cumulative_due_date_amount
from week_forecasts
where week_forecasts.dimension_code = 'total'
order by week_order
