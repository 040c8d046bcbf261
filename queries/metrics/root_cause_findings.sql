-- root_cause_findings: where to look first: the alerts, what has risen before what is steady.
--
-- grain:   one alert of root_cause_alerts, or of root_cause_concentrations
-- key:     finding_code, reason_code, dimension_code, value_id
-- source:  cause_findings, reasons
-- params:  none
-- columns:
--   finding_code    text   rise: against its own past; level: against all others
--   reason_code     text   why
--   owner           text   who can remove it; `unknown` where the reason is none of ours
--   dimension_code  text   company (all), site, product_line, salesperson, customer
--   value_name      text   the site, customer's name…; null for company
--   since_date      date   a rise: from when on; a level: null
--   contest_ratio   ratio  contested share of its invoices, since then or in 12 months
--   other_ratio     ratio  a rise: of its earlier invoices; a level: of all others
--   contest_count   int    invoices contested
--   item_count      int    invoices
--   p_value         decimal  Fisher's exact test, two-sided; of a rise, × months looked at
--   value_id        text   the site, customer…; `all` for company

select
    cause_findings.finding_code,
    cause_findings.reason_code,
    coalesce(reasons.owner, 'unknown') as owner,
    cause_findings.dimension_code,
    cause_findings.value_name,
    cause_findings.since_date,
    cause_findings.contest_ratio,
    cause_findings.other_ratio,
    cause_findings.contest_count,
    cause_findings.item_count,
    cause_findings.p_value,
    cause_findings.value_id
from cause_findings
left join reasons on cause_findings.reason_code = reasons.reason_code
where cause_findings.is_alert
order by
    cause_findings.finding_code desc,
    cause_findings.p_value,
    cause_findings.contest_count desc,
    cause_findings.reason_code,
    cause_findings.dimension_code,
    cause_findings.value_id
