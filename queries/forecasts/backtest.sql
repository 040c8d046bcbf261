-- backtest: how good forecasts of past days were, made from what was known then.
--
-- grain:   one horizon and model
-- key:     horizon_weeks, model_code
-- source:  backtest_scores
-- params:  none
-- columns:
--   horizon_weeks           int      1 for the week that began the day after; 0 for all together
--   model_code              text     ours, customer_mean or due_date
--   week_count              int      weeks forecast whose end is known
--   actual_amount           money    what came in them, from items open on the day of the forecast
--   wape_ratio              ratio    Σ|actual − forecast| / Σ|actual|, of our means
--   bias_ratio              ratio    Σ(forecast − actual) / Σ actual
--   p10_p90_coverage_ratio  ratio    share of weeks within our range; four in five are meant to be
--   pinball_amount          money    mean pinball loss at 10, 50 and 90 %: smaller is better
--   item_count              int      items forecast; this and what follows for horizon 0 only
--   late_auc_ratio          ratio    chance that of two items not yet due the one paid late
--                                    was thought likelier to be late
--   mae_days                decimal  mean days between the day expected and the day paid
--   brier_ratio             ratio    mean square of the chance to be late less what came
--   item_coverage_ratio     ratio    share of items paid between their P10 and P90

select
    backtest_scores.horizon_order as horizon_weeks,
    backtest_scores.model_code,
    backtest_scores.week_count,
    backtest_scores.actual_amount,
    backtest_scores.wape_ratio,
    backtest_scores.bias_ratio,
    backtest_scores.p10_p90_coverage_ratio,
    backtest_scores.pinball_amount,
    backtest_scores.item_count,
    backtest_scores.late_auc_ratio,
    backtest_scores.mae_days,
    backtest_scores.brier_ratio,
    backtest_scores.item_coverage_ratio
from backtest_scores
order by horizon_weeks, backtest_scores.model_order
