-- root_cause_concentrations: which reasons hold up more invoices in one place than elsewhere.
--
-- grain:   one reason and value of a dimension, with a contest in 12 months and enough to compare
-- key:     reason_code, dimension_code, value_id
-- source:  cause_findings
-- params:  none
-- columns:
--   reason_code            text     why
--   dimension_code         text     site, product_line, salesperson, customer
--   value_name             text     the site, customer's name…
--   item_count             int      its invoices issued in the 12 months up to $as_of
--   contest_count          int      those contested for the reason
--   contest_ratio          ratio    their share
--   rest_ratio             ratio    the share of the invoices of all others
--   test_name              text     fisher_exact: of equal rates, two-sided
--   p_value                decimal  of that test
--   is_alert               flag     more than elsewhere, it passes, and no shadow of a stronger one
--   value_id               text     the site, customer…
--   verdict_code           text     alert, shadow (of a stronger alert), fall (less), chance
--   rest_item_count        int      the others' invoices
--   rest_contest_count     int      those contested for the reason
--   false_discovery_ratio  ratio    least share of false alerts at which it passes, all compared

-- A steady cause never shows as a change: it shows against the others. Places without a contest are
-- compared too, so that chance is paid for, but not listed. Shadows as in root_cause_alerts.
select
    cause_findings.reason_code,
    cause_findings.dimension_code,
    cause_findings.value_name,
    cause_findings.item_count,
    cause_findings.contest_count,
    cause_findings.contest_ratio,
    cause_findings.other_ratio as rest_ratio,
    'fisher_exact' as test_name,
    cause_findings.p_value,
    cause_findings.is_alert,
    cause_findings.value_id,
    cause_findings.verdict_code,
    cause_findings.other_item_count as rest_item_count,
    cause_findings.other_contest_count as rest_contest_count,
    cause_findings.false_discovery_ratio
from cause_findings
where cause_findings.finding_code = 'level' and cause_findings.contest_count > 0
order by
    cause_findings.is_alert desc,
    cause_findings.p_value,
    cause_findings.contest_count desc,
    cause_findings.reason_code,
    cause_findings.dimension_code,
    cause_findings.value_id
