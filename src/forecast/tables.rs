//! The tables a forecast answers with: queries read them, and publish them with words.

use crate::engine::DerivedTable;
use crate::model::ColumnKind::{self, Date, Flag, Int, Money, Ratio, Text};

/// One row an open claim.
pub(super) const ITEM_FORECASTS: &str = "item_forecasts";
/// One row a week of a total, company or currency.
pub(super) const WEEK_FORECASTS: &str = "week_forecasts";
/// One row a week of a segment of payers.
pub(super) const SEGMENT_WEEK_FORECASTS: &str = "segment_week_forecasts";
/// What tells the segments: they rest on all that is known of payers, which no other table needs.
pub(super) const SEGMENTS: &str = "forecast_segments";
/// One row a week of a customer.
pub(super) const CUSTOMER_WEEK_FORECASTS: &str = "customer_week_forecasts";
/// One row a week of a scenario.
pub(super) const SCENARIO_WEEK_FORECASTS: &str = "scenario_week_forecasts";
/// One row a claim whose expected cash of the weeks to come is not what it was a week ago.
pub(super) const CHANGED_FORECASTS: &str = "changed_forecasts";
/// One row a thing to know before the figures are believed.
pub(super) const FORECAST_EVIDENCE: &str = "forecast_evidence";
/// One row an origin and week of the back-test.
pub(super) const BACKTEST_WEEKS: &str = "backtest_weeks";
/// One row a horizon and model.
pub(super) const BACKTEST_SCORES: &str = "backtest_scores";
/// One row a chance given and what came of it.
pub(super) const BACKTEST_CHANCES: &str = "backtest_chances";

const WEEK_COLUMNS: &[(&str, ColumnKind)] = &[
    ("dimension_code", Text),
    ("company_id", Text),
    ("group_id", Text),
    ("week_order", Int),
    ("is_beyond", Flag),
    ("week_start_date", Date),
    ("week_end_date", Date),
    ("p10_amount", Money),
    ("p50_amount", Money),
    ("p90_amount", Money),
    ("mean_amount", Money),
    ("due_date_amount", Money),
    ("customer_mean_amount", Money),
    ("cumulative_p10_amount", Money),
    ("cumulative_p50_amount", Money),
    ("cumulative_p90_amount", Money),
];

/// All of them.
pub(super) const ALL: &[DerivedTable] = &[
    DerivedTable {
        name: ITEM_FORECASTS,
        columns: &[
            ("item_number", Int),
            ("covered_amount", Money),
            ("mean_amount", Money),
            ("cash_ratio", Ratio),
            ("p10_date", Date),
            ("expected_date", Date),
            ("p90_date", Date),
            ("bank_date", Date),
            ("p_late_ratio", Ratio),
            ("p_paid_7_days_ratio", Ratio),
            ("p_paid_14_days_ratio", Ratio),
            ("p_paid_30_days_ratio", Ratio),
            ("p_paid_60_days_ratio", Ratio),
            ("p_paid_90_days_ratio", Ratio),
            ("payment_count", Int),
            ("usual_late_days", Int),
            ("never_ratio", Ratio),
            ("held_ratio", Ratio),
            ("held_extra_days", Int),
            ("hold_days", Int),
            ("promise_days", Int),
            ("promised_date", Date),
            ("is_part_paid", Flag),
            ("payment_days_text", Text),
            ("payment_weekdays_text", Text),
            ("is_month_end_run", Flag),
            ("early_days", Int),
            ("early_ratio", Ratio),
            ("changed_date", Date),
            ("is_gradual_change", Flag),
        ],
        inputs: &[],
    },
    DerivedTable { name: WEEK_FORECASTS, columns: WEEK_COLUMNS, inputs: &[] },
    DerivedTable { name: SEGMENT_WEEK_FORECASTS, columns: WEEK_COLUMNS, inputs: &[SEGMENTS] },
    DerivedTable { name: CUSTOMER_WEEK_FORECASTS, columns: WEEK_COLUMNS, inputs: &[] },
    DerivedTable { name: SCENARIO_WEEK_FORECASTS, columns: WEEK_COLUMNS, inputs: &[] },
    DerivedTable {
        name: CHANGED_FORECASTS,
        columns: &[
            ("item_number", Int),
            ("change_code", Text),
            ("earlier_amount", Money),
            ("later_amount", Money),
            ("earlier_date", Date),
            ("later_date", Date),
        ],
        inputs: &[],
    },
    DerivedTable {
        name: FORECAST_EVIDENCE,
        columns: &[
            ("caveat_order", Int),
            ("caveat_code", Text),
            ("item_count", Int),
            ("amount", Money),
            ("payment_count", Int),
            ("customer_count", Int),
        ],
        inputs: &[],
    },
    DerivedTable {
        name: BACKTEST_WEEKS,
        columns: &[
            ("origin_date", Date),
            ("week_order", Int),
            ("week_start_date", Date),
            ("actual_amount", Money),
            ("p10_amount", Money),
            ("p50_amount", Money),
            ("p90_amount", Money),
            ("mean_amount", Money),
            ("customer_mean_amount", Money),
            ("due_date_amount", Money),
        ],
        inputs: &[],
    },
    DerivedTable {
        name: BACKTEST_SCORES,
        columns: &[
            ("horizon_order", Int),
            ("model_order", Int),
            ("model_code", Text),
            ("week_count", Int),
            ("actual_amount", Money),
            ("wape_ratio", Ratio),
            ("bias_ratio", Ratio),
            ("p10_p90_coverage_ratio", Ratio),
            ("pinball_amount", Money),
            ("item_count", Int),
            ("late_auc_ratio", Ratio),
            ("mae_days", ColumnKind::Decimal),
            ("brier_ratio", Ratio),
            ("item_coverage_ratio", Ratio),
        ],
        inputs: &[],
    },
    DerivedTable {
        name: BACKTEST_CHANCES,
        columns: &[
            ("within_days", Int),
            ("chance_order", Int),
            ("item_count", Int),
            ("expected_ratio", Ratio),
            ("observed_ratio", Ratio),
        ],
        inputs: &[],
    },
];
