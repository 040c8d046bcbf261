-- payer_segments: the segment of each customer: the first rule whose conditions all hold.
--
-- grain:   one picture and customer
-- key:     picture_date, company_id, customer_id
-- source:  payer_axes, segments, segment_conditions
-- params:  none
-- columns:
--   picture_date  date  the day of the picture
--   company_id    text  whose receivables they are
--   customer_id   text  who owes
--   rule_code     text  the rule; `no_rule` where none holds
--   segment_code  text  its segment; `unsegmented` where none holds
--   action_code   text  what is done; null where none holds
--   who_code      text  by whom
--   channel_code  text  through which channel
--   cadence_days  int   days between two contacts
--   is_pre_due    flag  before the due date too

-- Any axis or figure is a feature a rule may name: each becomes a line, as a number or as a code.
with numbers as (
    select
        payer_axes.picture_date,
        payer_axes.company_id,
        payer_axes.customer_id,
        unnest(make_array(
            'item_count',
            'billed_amount',
            'margin_ratio',
            'ever_settled_count',
            'settled_count',
            'past_due_count',
            'late_ratio',
            'late_amount_ratio',
            'settled_late_days',
            'at_risk_late_days',
            'median_late_days',
            'p90_late_days',
            'spread_days',
            'recent_late_days',
            'previous_late_days',
            'trend_days',
            'process_ratio',
            'ability_ratio',
            'willingness_ratio',
            'promise_count',
            'broken_promise_ratio',
            'disputed_ratio',
            'lost_invoice_ratio',
            'partial_payment_ratio',
            'discount_ratio',
            'returned_payment_ratio',
            'open_amount',
            'overdue_amount',
            'exposure_ratio',
            'peer_late_days'
        )) as feature_code,
        unnest(make_array(
            cast(payer_axes.item_count as decimal(24, 6)),
            cast(payer_axes.billed_amount as decimal(24, 6)),
            cast(payer_axes.margin_ratio as decimal(24, 6)),
            cast(payer_axes.ever_settled_count as decimal(24, 6)),
            cast(payer_axes.settled_count as decimal(24, 6)),
            cast(payer_axes.past_due_count as decimal(24, 6)),
            cast(payer_axes.late_ratio as decimal(24, 6)),
            cast(payer_axes.late_amount_ratio as decimal(24, 6)),
            cast(payer_axes.settled_late_days as decimal(24, 6)),
            cast(payer_axes.at_risk_late_days as decimal(24, 6)),
            cast(payer_axes.median_late_days as decimal(24, 6)),
            cast(payer_axes.p90_late_days as decimal(24, 6)),
            cast(payer_axes.spread_days as decimal(24, 6)),
            cast(payer_axes.recent_late_days as decimal(24, 6)),
            cast(payer_axes.previous_late_days as decimal(24, 6)),
            cast(payer_axes.trend_days as decimal(24, 6)),
            cast(payer_axes.process_ratio as decimal(24, 6)),
            cast(payer_axes.ability_ratio as decimal(24, 6)),
            cast(payer_axes.willingness_ratio as decimal(24, 6)),
            cast(payer_axes.promise_count as decimal(24, 6)),
            cast(payer_axes.broken_promise_ratio as decimal(24, 6)),
            cast(payer_axes.disputed_ratio as decimal(24, 6)),
            cast(payer_axes.lost_invoice_ratio as decimal(24, 6)),
            cast(payer_axes.partial_payment_ratio as decimal(24, 6)),
            cast(payer_axes.discount_ratio as decimal(24, 6)),
            cast(payer_axes.returned_payment_ratio as decimal(24, 6)),
            cast(payer_axes.open_amount as decimal(24, 6)),
            cast(payer_axes.overdue_amount as decimal(24, 6)),
            cast(payer_axes.exposure_ratio as decimal(24, 6)),
            cast(payer_axes.peer_late_days as decimal(24, 6))
        )) as feature_number
    from payer_axes
),

codes as (
    select
        payer_axes.picture_date,
        payer_axes.company_id,
        payer_axes.customer_id,
        unnest(make_array(
            'customer_id',
            'status_code',
            'behaviour_code',
            'is_regular',
            'cause_code',
            'stake_code',
            'drift_code',
            'country_code',
            'payment_method',
            'payment_pattern_code',
            'payment_days_text'
        )) as feature_code,
        unnest(make_array(
            cast(payer_axes.customer_id as varchar),
            cast(payer_axes.status_code as varchar),
            cast(payer_axes.behaviour_code as varchar),
            cast(payer_axes.is_regular as varchar),
            cast(payer_axes.cause_code as varchar),
            cast(payer_axes.stake_code as varchar),
            cast(payer_axes.drift_code as varchar),
            cast(payer_axes.country_code as varchar),
            cast(payer_axes.payment_method as varchar),
            cast(payer_axes.payment_pattern_code as varchar),
            cast(payer_axes.payment_days_text as varchar)
        )) as feature_text
    from payer_axes
),

held_conditions as (
    select
        numbers.picture_date,
        numbers.company_id,
        numbers.customer_id,
        segment_conditions.rule_code
    from numbers
    inner join segment_conditions on numbers.feature_code = segment_conditions.feature_code
    where
        segment_conditions.codes_text is null
        and numbers.feature_number is not null
        and (
            segment_conditions.least_number_ratio is null
            or numbers.feature_number >= segment_conditions.least_number_ratio
        )
        and (
            segment_conditions.below_number_ratio is null
            or numbers.feature_number < segment_conditions.below_number_ratio
        )
    union all
    select
        codes.picture_date,
        codes.company_id,
        codes.customer_id,
        segment_conditions.rule_code
    from codes
    inner join segment_conditions on codes.feature_code = segment_conditions.feature_code
    where array_has(string_to_array(segment_conditions.codes_text, '|'), codes.feature_text)
),

held_counts as (
    select
        held_conditions.picture_date,
        held_conditions.company_id,
        held_conditions.customer_id,
        held_conditions.rule_code,
        count(*) as condition_count
    from held_conditions
    group by
        held_conditions.picture_date,
        held_conditions.company_id,
        held_conditions.customer_id,
        held_conditions.rule_code
),

-- two rules of one order go by their codes
wanted_counts as (
    select
        segments.rule_code,
        row_number() over (order by segments.rule_order, segments.rule_code) as rule_order,
        count(segment_conditions.rule_code) as condition_count
    from segments
    left join segment_conditions on segments.rule_code = segment_conditions.rule_code
    group by segments.rule_code, segments.rule_order
),

first_rules as (
    select
        payer_axes.picture_date,
        payer_axes.company_id,
        payer_axes.customer_id,
        min(wanted_counts.rule_order) as rule_order
    from payer_axes
    cross join wanted_counts
    left join held_counts
        on payer_axes.picture_date = held_counts.picture_date
        and payer_axes.company_id = held_counts.company_id
        and payer_axes.customer_id = held_counts.customer_id
        and wanted_counts.rule_code = held_counts.rule_code
    where coalesce(held_counts.condition_count, 0) = wanted_counts.condition_count
    group by payer_axes.picture_date, payer_axes.company_id, payer_axes.customer_id
)

select
    payer_axes.picture_date,
    payer_axes.company_id,
    payer_axes.customer_id,
    coalesce(segments.rule_code, 'no_rule') as rule_code,
    coalesce(segments.segment_code, 'unsegmented') as segment_code,
    segments.action_code,
    segments.who_code,
    segments.channel_code,
    segments.cadence_days,
    segments.is_pre_due
from payer_axes
left join first_rules
    on payer_axes.picture_date = first_rules.picture_date
    and payer_axes.company_id = first_rules.company_id
    and payer_axes.customer_id = first_rules.customer_id
left join wanted_counts on first_rules.rule_order = wanted_counts.rule_order
left join segments on wanted_counts.rule_code = segments.rule_code
