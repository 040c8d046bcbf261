-- rise_trials: of each place, since when invoices are contested there more, or less, than before.
--
-- grain:   one reason and value of a dimension, with as many invoices and contests as alerts need
-- key:     reason_code, dimension_code, value_id
-- source:  watched_invoices, watched_contests, alert_settings, level_trials
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
--   p_value          decimal  Fisher's exact test, two-sided, of equal rates × split_count
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
-- Strength is the likelihood ratio of "this place, since then" against all other invoices
-- (Kulldorff 1997): the company is weaker than the one site where everything happens.
--
-- A place that level_trials tells apart is watched by itself, and every other one without its
-- invoices: a salesperson who sells more from a site that always bills late has not changed.
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
            month_number(cast($as_of as date)) + 1 - settings.months_count,
            month_number(cast($as_of as date)) + 1
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

level_leaders as (
    select
        level_trials.reason_code,
        level_trials.dimension_code,
        level_trials.value_id
    from level_trials
    where level_trials.is_leading
),

led_invoices as (
    select distinct
        level_leaders.reason_code,
        watched_invoices.item_number
    from watched_invoices
    inner join level_leaders
        on watched_invoices.dimension_code = level_leaders.dimension_code
        and watched_invoices.value_id = level_leaders.value_id
    where watched_invoices.is_mature
),

led_months as (
    select
        led_invoices.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        watched_invoices.issued_month_number,
        count(*) as item_count
    from led_invoices
    inner join watched_invoices on led_invoices.item_number = watched_invoices.item_number
    group by
        led_invoices.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        watched_invoices.issued_month_number
),

-- each place's contested invoices, those of a leader in its own place only
placed_contests as (
    select
        watched_contests.item_number,
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        watched_contests.issued_month_number
    from watched_contests
    inner join watched_invoices on watched_contests.item_number = watched_invoices.item_number
    left join led_invoices
        on watched_contests.reason_code = led_invoices.reason_code
        and watched_contests.item_number = led_invoices.item_number
    left join level_leaders
        on watched_contests.reason_code = level_leaders.reason_code
        and watched_invoices.dimension_code = level_leaders.dimension_code
        and watched_invoices.value_id = level_leaders.value_id
    where
        watched_contests.is_mature
        and watched_contests.is_prompt
        and (led_invoices.item_number is null or level_leaders.reason_code is not null)
),

contest_months as (
    select
        placed_contests.reason_code,
        placed_contests.dimension_code,
        placed_contests.value_id,
        placed_contests.issued_month_number,
        count(*) as contest_count
    from placed_contests
    group by
        placed_contests.reason_code,
        placed_contests.dimension_code,
        placed_contests.value_id,
        placed_contests.issued_month_number
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

reason_months as (
    select
        places.reason_code,
        places.dimension_code,
        place_months.dimension_order,
        places.value_id,
        place_months.issued_month_number,
        case
            when level_leaders.reason_code is not null then place_months.item_count
            else place_months.item_count - coalesce(led_months.item_count, 0)
        end as item_count
    from places
    inner join place_months
        on places.dimension_code = place_months.dimension_code
        and places.value_id = place_months.value_id
    left join led_months
        on places.reason_code = led_months.reason_code
        and place_months.dimension_code = led_months.dimension_code
        and place_months.value_id = led_months.value_id
        and place_months.issued_month_number = led_months.issued_month_number
    left join level_leaders
        on places.reason_code = level_leaders.reason_code
        and places.dimension_code = level_leaders.dimension_code
        and places.value_id = level_leaders.value_id
),

place_splits as (
    select
        reason_months.reason_code,
        reason_months.dimension_code,
        reason_months.dimension_order,
        reason_months.value_id,
        splits.since_month_number,
        sum(
            case
                when reason_months.issued_month_number >= splits.since_month_number
                    then reason_months.item_count
                else 0
            end
        ) as item_count,
        sum(
            case
                when reason_months.issued_month_number < splits.since_month_number
                    then reason_months.item_count
                else 0
            end
        ) as earlier_item_count
    from reason_months
    cross join splits
    group by
        reason_months.reason_code,
        reason_months.dimension_code,
        reason_months.dimension_order,
        reason_months.value_id,
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
        on contest_splits.reason_code = place_splits.reason_code
        and contest_splits.dimension_code = place_splits.dimension_code
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

-- all there is to compare with: all invoices for a leader, those outside of leaders for others
reason_totals as (
    select
        watched_contests.reason_code,
        count(*) as contest_count,
        count(*) - count(led_invoices.item_number) as outside_contest_count
    from watched_contests
    left join led_invoices
        on watched_contests.reason_code = led_invoices.reason_code
        and watched_contests.item_number = led_invoices.item_number
    where watched_contests.is_mature and watched_contests.is_prompt
    group by watched_contests.reason_code
),

led_totals as (
    select
        led_invoices.reason_code,
        count(*) as item_count
    from led_invoices
    group by led_invoices.reason_code
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
        case
            when level_leaders.reason_code is not null then company_items.item_count
            else company_items.item_count - coalesce(led_totals.item_count, 0)
        end - ranked_splits.item_count as other_item_count,
        case
            when level_leaders.reason_code is not null then reason_totals.contest_count
            else reason_totals.outside_contest_count
        end - ranked_splits.contest_count as other_contest_count
    from ranked_splits
    inner join reason_totals on ranked_splits.reason_code = reason_totals.reason_code
    cross join company_items
    left join led_totals on ranked_splits.reason_code = led_totals.reason_code
    left join level_leaders
        on ranked_splits.reason_code = level_leaders.reason_code
        and ranked_splits.dimension_code = level_leaders.dimension_code
        and ranked_splits.value_id = level_leaders.value_id
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
        placed_contests.reason_code,
        placed_contests.dimension_code,
        placed_contests.value_id,
        decided_trials.strength_rank,
        min(decided_trials.strength_rank) over (
            partition by placed_contests.reason_code, placed_contests.item_number
        ) as first_rank
    from placed_contests
    inner join decided_trials
        on placed_contests.reason_code = decided_trials.reason_code
        and placed_contests.dimension_code = decided_trials.dimension_code
        and placed_contests.value_id = decided_trials.value_id
    where
        decided_trials.is_raised
        and placed_contests.issued_month_number >= decided_trials.since_month_number
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
