-- payers: how each customer pays, why it is treated as it is, and what is done.
--
-- grain:   one customer with an item posted by $as_of
-- key:     company_id, customer_id
-- source:  payer_days, payer_axes, payer_segments, sentences
-- params:  $language text
-- columns:
--   company_id                  text     whose receivables they are
--   customer_id                 text     who owes
--   customer_name               text     its name, or its identifier where it has none
--   segment_code                text     what it is treated as
--   rule_code                   text     the rule of segments.csv that says so
--   why_text                    text     one sentence with the figures, in the language asked
--   action_code                 text     what is done
--   status_code                 text     insolvent, legal, public, group, factored, collective,
--                                        new, dormant or active
--   behaviour_code              text     prompt, slightly_late, late, very_late, critical;
--                                        no_verdict, none
--   is_regular                  flag     p90 less median within 7 days; null where nothing tells
--   cause_code                  text     process, ability, willingness or unknown
--   stake_code                  text     A, B or C: 80 and 95 % of billing
--   drift_code                  text     deteriorating, improving or stable
--   item_count                  int      invoices issued in the 12 months before
--   billed_amount               money    what they amount to
--   settled_count               int      items paid by cash in the 12 months before
--   past_due_count              int      items past due
--   late_ratio                  ratio    of both, by count: paid late or past due
--   late_amount_ratio           ratio    the same by amount
--   settled_late_days           decimal  days late of what was paid, by amount; null if nothing was
--   at_risk_late_days           decimal  the same with what is past due, late until $as_of
--   median_late_days            decimal  of both, interpolated
--   p90_late_days               decimal  nine items in ten are no later
--   spread_days                 decimal  p90 less median
--   recent_late_days            decimal  median of the paid in the last 3 months and the past due
--   previous_late_days          decimal  median of the paid in the 9 months before
--   trend_days                  decimal  recent less previous
--   promise_count               int      promises that fell due in the 12 months before
--   broken_promise_ratio        ratio    of these: broken; null if there were none
--   disputed_ratio              ratio    of item_count: held up by a reason
--   lost_invoice_ratio          ratio    of item_count: never reached who pays
--   partial_payment_ratio       ratio    of settled_count: by several receipts
--   discount_ratio              ratio    of settled_count: less a discount
--   returned_payment_ratio      ratio    of its receipts: taken back
--   payment_pattern_code        text     month_days, monday … sunday, none, or unknown
--   payment_days_text           text     days of the month it pays on
--   payment_method              text     as its file says
--   last_late_date              date     last day on which an item was paid late or is past due
--   open_amount                 money    all open items, credits included
--   overdue_amount              money    open debit items past due
--   exposure_ratio              ratio    its share of what all customers owe
--   margin_ratio                ratio    of what was billed, where given
--   process_ratio               ratio    of late amount × days: held up by a process
--   ability_ratio               ratio    of late amount × days: could not pay
--   willingness_ratio           ratio    of late amount × days: would not pay
--   ever_settled_count          int      items ever paid by cash
--   last_issued_date            date     the last invoice
--   country_code                text     where it is
--   peer_late_days              decimal  mean at_risk_late_days of active customers of its country
--   segment_3_months_ago_code   text     null if it had no item then
--   segment_12_months_ago_code  text     null if it had no item then
--   who_code                    text     who acts
--   channel_code                text     through which channel
--   cadence_days                int      days between two contacts
--   is_pre_due                  flag     before the due date too
--   missing_text                text     what the books lack for its status, and what brings it

with reader as (
    select
        cast($language as varchar) as language_code,
        case $language when 'fr' then ' %' else '%' end as percent_mark,
        max(
            case
                when sentences.sentence_code = 'why.any'
                    then case $language when 'fr' then sentences.fr_text else sentences.en_text end
            end
        ) as common_why_text,
        max(
            case
                when sentences.sentence_code = 'lateness.late'
                    then case $language when 'fr' then sentences.fr_text else sentences.en_text end
            end
        ) as late_text,
        max(
            case
                when sentences.sentence_code = 'lateness.early'
                    then case $language when 'fr' then sentences.fr_text else sentences.en_text end
            end
        ) as early_text,
        max(
            case
                when sentences.sentence_code = 'lateness.weighted_late'
                    then case $language when 'fr' then sentences.fr_text else sentences.en_text end
            end
        ) as weighted_late_text,
        max(
            case
                when sentences.sentence_code = 'lateness.weighted_early'
                    then case $language when 'fr' then sentences.fr_text else sentences.en_text end
            end
        ) as weighted_early_text,
        max(
            case
                when sentences.sentence_code = 'missing.year_before'
                    then case $language when 'fr' then sentences.fr_text else sentences.en_text end
            end
        ) as missing_text
    from sentences
),

segmented as (
    select
        payer_days.is_as_of,
        payer_days.is_3_months_ago,
        payer_days.is_12_months_ago,
        payer_segments.picture_date,
        payer_segments.company_id,
        payer_segments.customer_id,
        payer_segments.rule_code,
        payer_segments.segment_code,
        payer_segments.action_code,
        payer_segments.who_code,
        payer_segments.channel_code,
        payer_segments.cadence_days,
        payer_segments.is_pre_due
    from payer_segments
    inner join payer_days on payer_segments.picture_date = payer_days.picture_date
),

earlier as (
    select
        segmented.company_id,
        segmented.customer_id,
        min(case when segmented.is_3_months_ago then segmented.segment_code end)
            as segment_3_months_ago_code,
        min(case when segmented.is_12_months_ago then segmented.segment_code end)
            as segment_12_months_ago_code
    from segmented
    group by segmented.company_id, segmented.customer_id
),

-- a rule of one's own without a sentence of its own is explained by the figures all have
rule_sentences as (
    select
        segmented.picture_date,
        segmented.company_id,
        segmented.customer_id,
        coalesce(
            case reader.language_code when 'fr' then sentences.fr_text else sentences.en_text end,
            reader.common_why_text
        ) as sentence_text
    from segmented
    cross join reader
    left join sentences on sentences.sentence_code = 'why.' || segmented.rule_code
    where segmented.is_as_of
),

reasons_told as (
    select
        rule_sentences.company_id,
        rule_sentences.customer_id,
        filled_text(
            rule_sentences.sentence_text,
            make_array(
                'open_amount',
                'overdue_amount',
                'settled_count',
                'past_due_count',
                'ever_count',
                'at_risk_days',
                'weighted_lateness',
                'median_days',
                'spread_days',
                'recent_days',
                'recent_lateness',
                'previous_days',
                'previous_lateness',
                'trend_days',
                'peer_days',
                'peer_lateness',
                'idle_days',
                'late_percent',
                'process_percent',
                'ability_percent',
                'willingness_percent',
                'disputed_percent'
            ),
            make_array(
                number_text(payer_axes.open_amount, 0, reader.language_code),
                number_text(payer_axes.overdue_amount, 0, reader.language_code),
                number_text(payer_axes.settled_count, 0, reader.language_code),
                number_text(payer_axes.past_due_count, 0, reader.language_code),
                number_text(payer_axes.ever_settled_count, 0, reader.language_code),
                number_text(payer_axes.at_risk_late_days, 1, reader.language_code),
                filled_text(
                    case
                        when payer_axes.at_risk_late_days < 0 then reader.weighted_early_text
                        else reader.weighted_late_text
                    end,
                    make_array('days'),
                    make_array(
                        number_text(abs(payer_axes.at_risk_late_days), 1, reader.language_code)
                    )
                ),
                number_text(payer_axes.median_late_days, 1, reader.language_code),
                number_text(payer_axes.spread_days, 1, reader.language_code),
                number_text(payer_axes.recent_late_days, 1, reader.language_code),
                filled_text(
                    case
                        when payer_axes.recent_late_days < 0 then reader.early_text
                        else reader.late_text
                    end,
                    make_array('days'),
                    make_array(
                        number_text(abs(payer_axes.recent_late_days), 1, reader.language_code)
                    )
                ),
                number_text(payer_axes.previous_late_days, 1, reader.language_code),
                filled_text(
                    case
                        when payer_axes.previous_late_days < 0 then reader.early_text
                        else reader.late_text
                    end,
                    make_array('days'),
                    make_array(
                        number_text(abs(payer_axes.previous_late_days), 1, reader.language_code)
                    )
                ),
                case when payer_axes.trend_days > 0 then '+' else '' end
                || number_text(payer_axes.trend_days, 1, reader.language_code),
                number_text(payer_axes.peer_late_days, 1, reader.language_code),
                filled_text(
                    case
                        when payer_axes.peer_late_days < 0 then reader.early_text
                        else reader.late_text
                    end,
                    make_array('days'),
                    make_array(
                        number_text(abs(payer_axes.peer_late_days), 1, reader.language_code)
                    )
                ),
                number_text(
                    cast(payer_axes.picture_date - payer_axes.last_issued_date as bigint),
                    0,
                    reader.language_code
                ),
                number_text(payer_axes.late_ratio * 100, 0, reader.language_code)
                || reader.percent_mark,
                number_text(payer_axes.process_ratio * 100, 0, reader.language_code)
                || reader.percent_mark,
                number_text(payer_axes.ability_ratio * 100, 0, reader.language_code)
                || reader.percent_mark,
                number_text(payer_axes.willingness_ratio * 100, 0, reader.language_code)
                || reader.percent_mark,
                number_text(payer_axes.disputed_ratio * 100, 0, reader.language_code)
                || reader.percent_mark
            )
        ) as why_text
    from rule_sentences
    cross join reader
    inner join payer_axes
        on rule_sentences.picture_date = payer_axes.picture_date
        and rule_sentences.company_id = payer_axes.company_id
        and rule_sentences.customer_id = payer_axes.customer_id
)

select
    segmented.company_id,
    segmented.customer_id,
    payer_axes.customer_name,
    segmented.segment_code,
    segmented.rule_code,
    reasons_told.why_text,
    segmented.action_code,
    payer_axes.status_code,
    payer_axes.behaviour_code,
    payer_axes.is_regular,
    payer_axes.cause_code,
    payer_axes.stake_code,
    payer_axes.drift_code,
    payer_axes.item_count,
    payer_axes.billed_amount,
    payer_axes.settled_count,
    payer_axes.past_due_count,
    payer_axes.late_ratio,
    payer_axes.late_amount_ratio,
    payer_axes.settled_late_days,
    payer_axes.at_risk_late_days,
    payer_axes.median_late_days,
    payer_axes.p90_late_days,
    payer_axes.spread_days,
    payer_axes.recent_late_days,
    payer_axes.previous_late_days,
    payer_axes.trend_days,
    payer_axes.promise_count,
    payer_axes.broken_promise_ratio,
    payer_axes.disputed_ratio,
    payer_axes.lost_invoice_ratio,
    payer_axes.partial_payment_ratio,
    payer_axes.discount_ratio,
    payer_axes.returned_payment_ratio,
    payer_axes.payment_pattern_code,
    payer_axes.payment_days_text,
    payer_axes.payment_method,
    payer_axes.last_late_date,
    payer_axes.open_amount,
    payer_axes.overdue_amount,
    payer_axes.exposure_ratio,
    payer_axes.margin_ratio,
    payer_axes.process_ratio,
    payer_axes.ability_ratio,
    payer_axes.willingness_ratio,
    payer_axes.ever_settled_count,
    payer_axes.last_issued_date,
    payer_axes.country_code,
    payer_axes.peer_late_days,
    earlier.segment_3_months_ago_code,
    earlier.segment_12_months_ago_code,
    segmented.who_code,
    segmented.channel_code,
    segmented.cadence_days,
    segmented.is_pre_due,
    case when payer_axes.status_code is null then reader.missing_text end as missing_text
from segmented
cross join reader
inner join payer_axes
    on segmented.picture_date = payer_axes.picture_date
    and segmented.company_id = payer_axes.company_id
    and segmented.customer_id = payer_axes.customer_id
inner join earlier
    on segmented.company_id = earlier.company_id
    and segmented.customer_id = earlier.customer_id
left join reasons_told
    on segmented.company_id = reasons_told.company_id
    and segmented.customer_id = reasons_told.customer_id
where segmented.is_as_of
order by
    payer_axes.exposure_ratio desc,
    payer_axes.billed_amount desc,
    segmented.company_id,
    segmented.customer_id
