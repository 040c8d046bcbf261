-- root_cause_alerts: which reasons hold up more invoices than they used to, where and since when.
--
-- grain:   one reason and value of a dimension, with invoices and contests enough to compare
-- key:     reason_code, dimension_code, value_id
-- source:  cause_findings
-- params:  none
-- columns:
--   reason_code          text     why
--   dimension_code       text     company (all), site, product_line, salesperson, customer
--   value_name           text     the site, customer's name…; null for company
--   since_date           date     first day of the month from which on it differs most from before
--   before_ratio         ratio    contested share of the invoices issued before
--   after_ratio          ratio    contested share of those issued since
--   test_name            text     fisher_exact: of equal rates, two-sided
--   p_value              decimal  of that test × the months at which a change was looked for
--   is_alert             flag     a rise that passes, and no shadow of a stronger one
--   value_id             text     the site, customer…; `all` for company
--   verdict_code         text     alert, shadow (of a stronger alert), fall, chance
--   item_count           int      invoices issued since, so old that a contest would be known
--   contest_count        int      those contested in time for the reason
--   earlier_item_count   int      invoices issued before
--   earlier_contest_count  int    those contested in time
--   false_discovery_ratio  ratio  least share of false alerts at which it passes, all compared

-- How: an invoice counts once it is so many days old (notice_days of alert_settings) and a contest
-- if it was told within so many, so that last month is not compared too early. The change is looked
-- for at the beginning of each of twelve months, the p-value is multiplied by how often. The share
-- of false alerts is held over all comparisons (Benjamini and Hochberg). What shows only through a
-- stronger alert is its shadow: tested again without that one's invoices, nothing is left.
select
    cause_findings.reason_code,
    cause_findings.dimension_code,
    cause_findings.value_name,
    cause_findings.since_date,
    cause_findings.other_ratio as before_ratio,
    cause_findings.contest_ratio as after_ratio,
    'fisher_exact' as test_name,
    cause_findings.p_value,
    cause_findings.is_alert,
    cause_findings.value_id,
    cause_findings.verdict_code,
    cause_findings.item_count,
    cause_findings.contest_count,
    cause_findings.other_item_count as earlier_item_count,
    cause_findings.other_contest_count as earlier_contest_count,
    cause_findings.false_discovery_ratio
from cause_findings
where cause_findings.finding_code = 'rise'
order by
    cause_findings.is_alert desc,
    cause_findings.p_value,
    cause_findings.contest_count desc,
    cause_findings.reason_code,
    cause_findings.dimension_code,
    cause_findings.value_id
