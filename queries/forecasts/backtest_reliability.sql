-- backtest_reliability: of items given about a chance to be paid within some days, how many were.
--
-- grain:   one span of days and tenth of chance in which some item fell
-- key:     within_days, chance_order
-- source:  backtest_chances
-- params:  none
-- columns:
--   within_days     int    days after the day of the forecast
--   chance_order    int    tenth of chance: 1 up to 10 %, 10 above 90 %
--   item_count      int    items of all days of forecast, where what came is known
--   expected_ratio  ratio  mean chance they were given
--   observed_ratio  ratio  share of them that was paid in time

select
    backtest_chances.within_days,
    backtest_chances.chance_order,
    backtest_chances.item_count,
    backtest_chances.expected_ratio,
    backtest_chances.observed_ratio
from backtest_chances
order by within_days, chance_order
