-- contest_rates_by_month: what share of the invoices of each month was contested, by reason.
--
-- grain:   one month of issue, of 24 up to the last complete and old enough one, and reason
-- key:     month_end_date, reason_code
-- source:  watched_invoices, watched_contests, alert_settings, cause_findings
-- params:  $as_of date
-- columns:
--   month_end_date  date   last day of the month the invoices were issued in
--   reason_code     text   the five reasons with the most contests; other holds the rest
--   item_count      int    invoices issued in the month
--   contest_count   int    those contested within notice_days of their issue, for the reason
--   contest_ratio   ratio  their share
--   is_alert        flag   an alert (root_cause_alerts) says the reason has risen by that month

-- Each month is given as many days as the others: contests told later than notice_days do not
-- count, and a month counts once its last day is as old.
with settings as (
    select max(alert_settings.notice_days) as notice_days
    from alert_settings
),

known_months as (
    select
        watched_invoices.issued_month_number,
        count(*) as item_count
    from watched_invoices
    cross join settings
    where
        watched_invoices.dimension_code = 'company'
        and $as_of - cast(
            make_date(
                (watched_invoices.issued_month_number + 1) / 12,
                (watched_invoices.issued_month_number + 1) % 12 + 1,
                1
            ) as date
        ) + 1 >= settings.notice_days
    group by watched_invoices.issued_month_number
),

last_months as (
    select max(known_months.issued_month_number) as last_month_number
    from known_months
),

months as (
    select
        known_months.issued_month_number,
        known_months.item_count
    from known_months
    cross join last_months
    where known_months.issued_month_number > last_months.last_month_number - 24
),

prompt_contests as (
    select
        watched_contests.issued_month_number,
        watched_contests.reason_code,
        watched_contests.item_number
    from watched_contests
    inner join months on watched_contests.issued_month_number = months.issued_month_number
    where watched_contests.is_prompt
),

ranked_reasons as (
    select
        prompt_contests.reason_code,
        row_number() over (order by count(*) desc, prompt_contests.reason_code) as reason_rank
    from prompt_contests
    group by prompt_contests.reason_code
),

shown_reasons as (
    select
        ranked_reasons.reason_code,
        case when ranked_reasons.reason_rank <= 5 then ranked_reasons.reason_code else 'other' end
            as shown_code,
        least(ranked_reasons.reason_rank, 6) as shown_order
    from ranked_reasons
),

shown_codes as (
    select distinct
        shown_reasons.shown_code,
        shown_reasons.shown_order
    from shown_reasons
),

contest_counts as (
    select
        prompt_contests.issued_month_number,
        shown_reasons.shown_code,
        count(distinct prompt_contests.item_number) as contest_count
    from prompt_contests
    inner join shown_reasons on prompt_contests.reason_code = shown_reasons.reason_code
    group by prompt_contests.issued_month_number, shown_reasons.shown_code
),

rises as (
    select
        shown_reasons.shown_code,
        min(cause_findings.since_date) as since_date
    from cause_findings
    inner join shown_reasons on cause_findings.reason_code = shown_reasons.reason_code
    where cause_findings.finding_code = 'rise' and cause_findings.is_alert
    group by shown_reasons.shown_code
)

select
    cast(
        make_date(
            (months.issued_month_number + 1) / 12, (months.issued_month_number + 1) % 12 + 1, 1
        ) - interval '1 day' as date
    ) as month_end_date,
    shown_codes.shown_code as reason_code,
    months.item_count,
    coalesce(contest_counts.contest_count, 0) as contest_count,
    cast(
        cast(coalesce(contest_counts.contest_count, 0) as decimal(38, 8)) / months.item_count
        as decimal(18, 6)
    ) as contest_ratio,
    coalesce(
        rises.since_date <= make_date(
            months.issued_month_number / 12, months.issued_month_number % 12 + 1, 1
        ),
        false
    ) as is_alert
from months
cross join shown_codes
left join contest_counts
    on months.issued_month_number = contest_counts.issued_month_number
    and shown_codes.shown_code = contest_counts.shown_code
left join rises on shown_codes.shown_code = rises.shown_code
order by months.issued_month_number, shown_codes.shown_order
