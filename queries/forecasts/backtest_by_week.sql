-- backtest_by_week: what was forecast for each week from each past day, and what came.
--
-- grain:   one day of a forecast and week
-- key:     origin_date, week_start_date
-- source:  backtest_weeks
-- params:  none
-- columns:
--   origin_date           date   the day of the forecast
--   horizon_weeks         int    1 for the week that began the day after
--   week_start_date       date   first day of the week
--   actual_amount         money  what came, from items open on the day of the forecast
--   p10_amount            money  nine times in ten more was expected
--   p50_amount            money  as likely more as less
--   p90_amount            money  nine times in ten less
--   mean_amount           money  on average
--   customer_mean_amount  money  if each paid as late as on average
--   due_date_amount       money  if all paid on the due date

select
    backtest_weeks.origin_date,
    backtest_weeks.week_order as horizon_weeks,
    backtest_weeks.week_start_date,
    backtest_weeks.actual_amount,
    backtest_weeks.p10_amount,
    backtest_weeks.p50_amount,
    backtest_weeks.p90_amount,
    backtest_weeks.mean_amount,
    backtest_weeks.customer_mean_amount,
    backtest_weeks.due_date_amount
from backtest_weeks
order by origin_date, week_start_date
