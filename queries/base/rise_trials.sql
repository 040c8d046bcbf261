-- rise_trials: of each place, since when invoices are contested there more, or less, than before.
--
-- grain:   one reason and value of a dimension, with as many invoices and contests as alerts need
-- key:     reason_code, dimension_code, value_id
-- source:  watched_invoices, watched_contests, alert_settings
-- params:  $as_of date
-- columns:
--   reason_code      text     why
--   dimension_code   text     company, site, product_line, salesperson, customer
--   value_id         text     the site, customer…; `all` for company
--   since_month_number  int   month of the change, counted from year 0 (year × 12 + month − 1)
--   item_count       int      its invoices issued since, old enough that a contest would be known
--   contest_count    int      those contested in time for the reason
--   earlier_item_count  int   its invoices issued before
--   earlier_contest_count  int  those contested in time
--   split_count      int      months at which the change was looked for
--   p_value          decimal  Fisher's exact test, two-sided, of equal rates × split_count, at most 1
--   false_discovery_ratio  ratio  least share of false alerts at which it would be one
--   limit_p_value    decimal  largest p that passes; null where none does
--   is_raised        flag     it passes, and more is contested since than before
--   is_leading       flag     no stronger raised place shares a contested invoice with it

-- The change is looked for at the first day of each of so many last months, and put where before
-- and since differ most (likelihood ratio); Bonferroni pays for having looked so often.
--
-- Which places are compared depends on their number of contests over all time, which Fisher's test
-- takes as given: that choice makes no false alerts. Benjamini and Hochberg (1995) hold the share
-- of false alerts among all comparisons.
--
-- Strength is the likelihood ratio of "this place, since then" against all other invoices (Kulldorff
-- 1997): the company is weaker than the one site where everything happens.
with settings as (
    select
        max(alert_settings.false_discovery_ratio) as false_discovery_ratio,
        max(alert_settings.least_item_count) as least_item_count,
        max(alert_settings.least_contest_count) as least_contest_count,
        max(alert_settings.months_count) as months_count
    from alert_settings
),

splits as (
    select
        unnest(range(
            cast(date_part('year', cast($as_of as date)) as bigint) * 12
            + cast(date_part('month', cast($as_of as date)) as bigint) - settings.months_count,
            cast(date_part('year', cast($as_of as date)) as bigint) * 12
            + cast(date_part('month', cast($as_of as date)) as bigint)
        )) as since_month_number
    from settings
),

place_months as (
    select
        watched_invoices.dimension_code,
        watched_invoices.dimension_order,
        watched_invoices.value_id,
        watched_invoices.issued_month_number,
        count(*) as item_count
    from watched_invoices
    where watched_invoices.is_mature
    group by
        watched_invoices.dimension_code,
        watched_invoices.dimension_order,
        watched_invoices.value_id,
        watched_invoices.issued_month_number
),

contest_months as (
    select
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        watched_contests.issued_month_number,
        count(*) as contest_count
    from watched_contests
    inner join watched_invoices on watched_contests.item_number = watched_invoices.item_number
    where watched_contests.is_mature and watched_contests.is_prompt
    group by
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        watched_contests.issued_month_number
),

places as (
    select
        contest_months.reason_code,
        contest_months.dimension_code,
        contest_months.value_id
    from contest_months
    cross join settings
    group by
        contest_months.reason_code,
        contest_months.dimension_code,
        contest_months.value_id,
        settings.least_contest_count
    having sum(contest_months.contest_count) >= settings.least_contest_count
),

place_splits as (
    select
        place_months.dimension_code,
        place_months.dimension_order,
        place_months.value_id,
        splits.since_month_number,
        sum(
            case
                when place_months.issued_month_number >= splits.since_month_number
                    then place_months.item_count
                else 0
            end
        ) as item_count,
        sum(
            case
                when place_months.issued_month_number < splits.since_month_number
                    then place_months.item_count
                else 0
            end
        ) as earlier_item_count
    from place_months
    cross join splits
    group by
        place_months.dimension_code,
        place_months.dimension_order,
        place_months.value_id,
        splits.since_month_number
),

contest_splits as (
    select
        contest_months.reason_code,
        contest_months.dimension_code,
        contest_months.value_id,
        splits.since_month_number,
        sum(
            case
                when contest_months.issued_month_number >= splits.since_month_number
                    then contest_months.contest_count
                else 0
            end
        ) as contest_count,
        sum(
            case
                when contest_months.issued_month_number < splits.since_month_number
                    then contest_months.contest_count
                else 0
            end
        ) as earlier_contest_count
    from contest_months
    inner join places
        on contest_months.reason_code = places.reason_code
        and contest_months.dimension_code = places.dimension_code
        and contest_months.value_id = places.value_id
    cross join splits
    group by
        contest_months.reason_code,
        contest_months.dimension_code,
        contest_months.value_id,
        splits.since_month_number
),

-- how much before and since differ: x ln x of the four counts, less that of both sides' totals
scored_splits as (
    select
        contest_splits.reason_code,
        contest_splits.dimension_code,
        place_splits.dimension_order,
        contest_splits.value_id,
        contest_splits.since_month_number,
        place_splits.item_count,
        contest_splits.contest_count,
        place_splits.earlier_item_count,
        contest_splits.earlier_contest_count,
        contest_splits.contest_count * ln(greatest(contest_splits.contest_count, 1))
        + (place_splits.item_count - contest_splits.contest_count)
        * ln(greatest(place_splits.item_count - contest_splits.contest_count, 1))
        + contest_splits.earlier_contest_count
        * ln(greatest(contest_splits.earlier_contest_count, 1))
        + (place_splits.earlier_item_count - contest_splits.earlier_contest_count)
        * ln(greatest(place_splits.earlier_item_count - contest_splits.earlier_contest_count, 1))
        - place_splits.item_count * ln(greatest(place_splits.item_count, 1))
        - place_splits.earlier_item_count * ln(greatest(place_splits.earlier_item_count, 1))
            as difference
    from contest_splits
    inner join place_splits
        on contest_splits.dimension_code = place_splits.dimension_code
        and contest_splits.value_id = place_splits.value_id
        and contest_splits.since_month_number = place_splits.since_month_number
    cross join settings
    where
        place_splits.item_count >= settings.least_item_count
        and place_splits.earlier_item_count >= settings.least_item_count
),

ranked_splits as (
    select
        scored_splits.reason_code,
        scored_splits.dimension_code,
        scored_splits.dimension_order,
        scored_splits.value_id,
        scored_splits.since_month_number,
        scored_splits.item_count,
        scored_splits.contest_count,
        scored_splits.earlier_item_count,
        scored_splits.earlier_contest_count,
        row_number() over (
            partition by
                scored_splits.reason_code, scored_splits.dimension_code, scored_splits.value_id
            order by scored_splits.difference desc, scored_splits.since_month_number
        ) as split_rank,
        count(*) over (
            partition by
                scored_splits.reason_code, scored_splits.dimension_code, scored_splits.value_id
        ) as split_count
    from scored_splits
),

company_totals as (
    select
        contest_months.reason_code,
        sum(contest_months.contest_count) as contest_count
    from contest_months
    where contest_months.dimension_code = 'company'
    group by contest_months.reason_code
),

company_items as (
    select sum(place_months.item_count) as item_count
    from place_months
    where place_months.dimension_code = 'company'
),

counts as (
    select
        ranked_splits.reason_code,
        ranked_splits.dimension_code,
        ranked_splits.dimension_order,
        ranked_splits.value_id,
        ranked_splits.since_month_number,
        ranked_splits.item_count,
        ranked_splits.contest_count,
        ranked_splits.earlier_item_count,
        ranked_splits.earlier_contest_count,
        ranked_splits.split_count,
        company_items.item_count - ranked_splits.item_count as other_item_count,
        company_totals.contest_count - ranked_splits.contest_count as other_contest_count
    from ranked_splits
    inner join company_totals on ranked_splits.reason_code = company_totals.reason_code
    cross join company_items
    where ranked_splits.split_rank = 1
),

trials as (
    select
        counts.reason_code,
        counts.dimension_code,
        counts.dimension_order,
        counts.value_id,
        counts.since_month_number,
        counts.item_count,
        counts.contest_count,
        counts.earlier_item_count,
        counts.earlier_contest_count,
        counts.split_count,
        counts.contest_count * counts.earlier_item_count
        > counts.earlier_contest_count * counts.item_count as is_higher,
        cast(
            least(
                fisher_p_value(
                    counts.contest_count,
                    counts.item_count - counts.contest_count,
                    counts.earlier_contest_count,
                    counts.earlier_item_count - counts.earlier_contest_count
                ) * cast(counts.split_count as decimal(8, 0)),
                1
            ) as decimal(18, 10)
        ) as p_value,
        counts.contest_count * ln(greatest(counts.contest_count, 1))
        + (counts.item_count - counts.contest_count)
        * ln(greatest(counts.item_count - counts.contest_count, 1))
        + counts.other_contest_count * ln(greatest(counts.other_contest_count, 1))
        + (counts.other_item_count - counts.other_contest_count)
        * ln(greatest(counts.other_item_count - counts.other_contest_count, 1))
        - counts.item_count * ln(greatest(counts.item_count, 1))
        - counts.other_item_count * ln(greatest(counts.other_item_count, 1)) as strength
    from counts
),

ranked_trials as (
    select
        trials.reason_code,
        trials.dimension_code,
        trials.value_id,
        trials.p_value,
        row_number() over (
            order by trials.p_value, trials.reason_code, trials.dimension_code, trials.value_id
        ) as p_rank,
        count(*) over () as trial_count,
        row_number() over (
            partition by trials.reason_code
            order by trials.strength desc, trials.dimension_order, trials.value_id
        ) as strength_rank
    from trials
),

controlled_trials as (
    select
        ranked_trials.reason_code,
        ranked_trials.dimension_code,
        ranked_trials.value_id,
        ranked_trials.strength_rank,
        min(
            ranked_trials.p_value * cast(ranked_trials.trial_count as decimal(18, 0))
            / cast(ranked_trials.p_rank as decimal(18, 0))
        ) over (
            order by ranked_trials.p_rank desc
            rows between unbounded preceding and current row
        ) as false_discovery_ratio
    from ranked_trials
),

decided_trials as (
    select
        trials.reason_code,
        trials.dimension_code,
        trials.value_id,
        trials.since_month_number,
        trials.item_count,
        trials.contest_count,
        trials.earlier_item_count,
        trials.earlier_contest_count,
        trials.split_count,
        trials.p_value,
        controlled_trials.strength_rank,
        controlled_trials.false_discovery_ratio,
        max(
            case
                when controlled_trials.false_discovery_ratio <= settings.false_discovery_ratio
                    then trials.p_value
            end
        ) over () as limit_p_value,
        trials.is_higher
        and controlled_trials.false_discovery_ratio <= settings.false_discovery_ratio
            as is_raised
    from trials
    cross join settings
    inner join controlled_trials
        on trials.reason_code = controlled_trials.reason_code
        and trials.dimension_code = controlled_trials.dimension_code
        and trials.value_id = controlled_trials.value_id
),

-- of the raised places a contested invoice stands in, how strong is the strongest?
invoice_ranks as (
    select
        watched_contests.item_number,
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        decided_trials.strength_rank,
        min(decided_trials.strength_rank) over (
            partition by watched_contests.reason_code, watched_contests.item_number
        ) as first_rank
    from watched_contests
    inner join watched_invoices on watched_contests.item_number = watched_invoices.item_number
    inner join decided_trials
        on watched_contests.reason_code = decided_trials.reason_code
        and watched_invoices.dimension_code = decided_trials.dimension_code
        and watched_invoices.value_id = decided_trials.value_id
    where
        watched_contests.is_mature
        and watched_contests.is_prompt
        and decided_trials.is_raised
        and watched_contests.issued_month_number >= decided_trials.since_month_number
),

leaders as (
    select
        invoice_ranks.reason_code,
        invoice_ranks.dimension_code,
        invoice_ranks.value_id
    from invoice_ranks
    group by
        invoice_ranks.reason_code,
        invoice_ranks.dimension_code,
        invoice_ranks.value_id
    having bool_and(invoice_ranks.strength_rank = invoice_ranks.first_rank)
)

select
    decided_trials.reason_code,
    decided_trials.dimension_code,
    decided_trials.value_id,
    decided_trials.since_month_number,
    decided_trials.item_count,
    decided_trials.contest_count,
    decided_trials.earlier_item_count,
    decided_trials.earlier_contest_count,
    decided_trials.split_count,
    decided_trials.p_value,
    cast(least(decided_trials.false_discovery_ratio, 1) as decimal(18, 6))
        as false_discovery_ratio,
    decided_trials.limit_p_value,
    decided_trials.is_raised,
    leaders.reason_code is not null as is_leading
from decided_trials
left join leaders
    on decided_trials.reason_code = leaders.reason_code
    and decided_trials.dimension_code = leaders.dimension_code
    and decided_trials.value_id = leaders.value_id
