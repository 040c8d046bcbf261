-- cause_findings: what was found of each comparison: an alert, the shadow of one, a fall or chance.
--
-- grain:   one kind of finding, reason and value of a dimension that was compared
-- key:     finding_code, reason_code, dimension_code, value_id
-- source:  rise_trials, rise_retrials, level_trials, level_retrials, alert_settings,
--          customer_codes
-- params:  none
-- columns:
--   finding_code     text     rise: against its own past; level: against all others, at one time
--   reason_code      text     why
--   dimension_code   text     company, site, product_line, salesperson, customer
--   value_id         text     the site, customer…; `all` for company
--   value_name       text     a customer's name, else the same; null for company
--   since_date       date     a rise: from when on; a level: null
--   item_count       int      its invoices, since then or in 12 months
--   contest_count    int      those contested
--   other_item_count     int  its earlier invoices; those of all others
--   other_contest_count  int  those contested
--   contest_ratio    ratio    contested share of its invoices
--   other_ratio      ratio    contested share of the others; null where there are none
--   p_value          decimal  Fisher's exact test, two-sided; of a rise, × months looked at
--   false_discovery_ratio  ratio  least share of false alerts at which it passes; of one kind
--   verdict_code     text     alert, shadow (of a stronger alert), fall, chance
--   is_alert         flag     the first

-- Shadows would pay for chance: ten customers of one bad site pass with it, and the limit that
-- grows with each that passes would let a lucky eleventh in. So each cause counts once: those that
-- stand on their own are held against all comparisons again, in order of p.
--
-- A third layer, seen only outside of the second, shows once the second is repaired.
with settings as (
    select max(alert_settings.false_discovery_ratio) as false_discovery_ratio
    from alert_settings
),

trials as (
    select
        'rise' as finding_code,
        rise_trials.reason_code,
        rise_trials.dimension_code,
        rise_trials.value_id,
        coalesce(
            case when rise_retrials.is_separate then rise_retrials.since_month_number end,
            rise_trials.since_month_number
        ) as since_month_number,
        case
            when rise_retrials.is_separate then rise_retrials.item_count
            else rise_trials.item_count
        end as item_count,
        case
            when rise_retrials.is_separate then rise_retrials.contest_count
            else rise_trials.contest_count
        end as contest_count,
        case
            when rise_retrials.is_separate then rise_retrials.earlier_item_count
            else rise_trials.earlier_item_count
        end as other_item_count,
        case
            when rise_retrials.is_separate then rise_retrials.earlier_contest_count
            else rise_trials.earlier_contest_count
        end as other_contest_count,
        case
            when rise_retrials.is_separate then rise_retrials.p_value
            else rise_trials.p_value
        end as p_value,
        rise_trials.false_discovery_ratio,
        rise_trials.is_raised,
        rise_trials.is_leading or coalesce(rise_retrials.is_separate, false) as is_own
    from rise_trials
    left join rise_retrials
        on rise_trials.reason_code = rise_retrials.reason_code
        and rise_trials.dimension_code = rise_retrials.dimension_code
        and rise_trials.value_id = rise_retrials.value_id
    union all
    select
        'level' as finding_code,
        level_trials.reason_code,
        level_trials.dimension_code,
        level_trials.value_id,
        cast(null as bigint) as since_month_number,
        case
            when level_retrials.is_separate then level_retrials.item_count
            else level_trials.item_count
        end as item_count,
        case
            when level_retrials.is_separate then level_retrials.contest_count
            else level_trials.contest_count
        end as contest_count,
        case
            when level_retrials.is_separate then level_retrials.rest_item_count
            else level_trials.rest_item_count
        end as other_item_count,
        case
            when level_retrials.is_separate then level_retrials.rest_contest_count
            else level_trials.rest_contest_count
        end as other_contest_count,
        case
            when level_retrials.is_separate then level_retrials.p_value
            else level_trials.p_value
        end as p_value,
        level_trials.false_discovery_ratio,
        level_trials.is_raised,
        level_trials.is_leading or coalesce(level_retrials.is_separate, false) as is_own
    from level_trials
    left join level_retrials
        on level_trials.reason_code = level_retrials.reason_code
        and level_trials.dimension_code = level_retrials.dimension_code
        and level_trials.value_id = level_retrials.value_id
),

counted_trials as (
    select
        trials.finding_code,
        trials.reason_code,
        trials.dimension_code,
        trials.value_id,
        trials.p_value,
        trials.is_own,
        count(*) over (partition by trials.finding_code) as trial_count,
        row_number() over (
            partition by trials.finding_code, trials.is_own
            order by trials.p_value, trials.reason_code, trials.dimension_code, trials.value_id
        ) as p_rank
    from trials
),

controlled_trials as (
    select
        counted_trials.finding_code,
        counted_trials.reason_code,
        counted_trials.dimension_code,
        counted_trials.value_id,
        cast(
            least(
                min(
                    counted_trials.p_value * cast(counted_trials.trial_count as decimal(18, 0))
                    / cast(counted_trials.p_rank as decimal(18, 0))
                ) over (
                    partition by counted_trials.finding_code
                    order by counted_trials.p_rank desc
                    rows between unbounded preceding and current row
                ),
                1
            ) as decimal(18, 6)
        ) as false_discovery_ratio
    from counted_trials
    where counted_trials.is_own
),

verdicts as (
    select
        trials.finding_code,
        trials.reason_code,
        trials.dimension_code,
        trials.value_id,
        coalesce(controlled_trials.false_discovery_ratio, trials.false_discovery_ratio)
            as false_discovery_ratio,
        case
            when controlled_trials.false_discovery_ratio <= settings.false_discovery_ratio
                then 'alert'
            when trials.is_raised and not trials.is_own then 'shadow'
            when
                trials.false_discovery_ratio <= settings.false_discovery_ratio
                and not trials.is_raised
                then 'fall'
            else 'chance'
        end as verdict_code
    from trials
    cross join settings
    left join controlled_trials
        on trials.finding_code = controlled_trials.finding_code
        and trials.reason_code = controlled_trials.reason_code
        and trials.dimension_code = controlled_trials.dimension_code
        and trials.value_id = controlled_trials.value_id
)

select
    trials.finding_code,
    trials.reason_code,
    trials.dimension_code,
    trials.value_id,
    case
        when trials.dimension_code = 'company' then null
        when trials.dimension_code = 'customer'
            then coalesce(customer_codes.customer_name, trials.value_id)
        else trials.value_id
    end as value_name,
    make_date(trials.since_month_number / 12, trials.since_month_number % 12 + 1, 1) as since_date,
    trials.item_count,
    trials.contest_count,
    trials.other_item_count,
    trials.other_contest_count,
    cast(
        cast(trials.contest_count as decimal(38, 8)) / nullif(trials.item_count, 0)
        as decimal(18, 6)
    ) as contest_ratio,
    cast(
        cast(trials.other_contest_count as decimal(38, 8)) / nullif(trials.other_item_count, 0)
        as decimal(18, 6)
    ) as other_ratio,
    trials.p_value,
    verdicts.false_discovery_ratio,
    verdicts.verdict_code,
    verdicts.verdict_code = 'alert' as is_alert
from trials
inner join verdicts
    on trials.finding_code = verdicts.finding_code
    and trials.reason_code = verdicts.reason_code
    and trials.dimension_code = verdicts.dimension_code
    and trials.value_id = verdicts.value_id
left join customer_codes
    on trials.dimension_code = 'customer' and trials.value_id = customer_codes.customer_code
