-- level_trials: of each place, whether invoices are contested there more than elsewhere.
--
-- grain:   one reason and value of a dimension, with as many invoices and contests as alerts need
-- key:     reason_code, dimension_code, value_id
-- source:  watched_invoices, watched_contests, alert_settings
-- params:  none
-- columns:
--   reason_code      text     why
--   dimension_code   text     site, product_line, salesperson, customer
--   value_id         text     the site, customer…
--   item_count       int      its invoices issued in the 12 months up to $as_of
--   contest_count    int      those contested for the reason
--   rest_item_count  int      the others' invoices
--   rest_contest_count  int   those contested for the reason
--   p_value          decimal  Fisher's exact test, two-sided, of equal rates
--   false_discovery_ratio  ratio  least share of false alerts at which it would be one
--   limit_p_value    decimal  largest p that passes; null where none does
--   is_raised        flag     it passes, and more is contested there than elsewhere
--   is_leading       flag     no stronger raised place shares a contested invoice with it

-- Comparisons are chosen by what they could show, never by what they do: places with enough
-- invoices × reasons with enough contests. Benjamini and Hochberg (1995) hold the share of false
-- alerts among all of them.
--
-- Strength is the likelihood ratio of "this place apart" against "all alike" (Kulldorff 1997): a
-- wider place with the same contests is weaker, and so is a part of it with fewer.
with settings as (
    select
        max(alert_settings.false_discovery_ratio) as false_discovery_ratio,
        max(alert_settings.least_item_count) as least_item_count,
        max(alert_settings.least_contest_count) as least_contest_count
    from alert_settings
),

place_items as (
    select
        watched_invoices.dimension_code,
        watched_invoices.dimension_order,
        watched_invoices.value_id,
        count(*) as item_count
    from watched_invoices
    where watched_invoices.is_recent
    group by
        watched_invoices.dimension_code,
        watched_invoices.dimension_order,
        watched_invoices.value_id
),

place_contests as (
    select
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        count(*) as contest_count
    from watched_contests
    inner join watched_invoices on watched_contests.item_number = watched_invoices.item_number
    where watched_contests.is_recent
    group by
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id
),

reason_totals as (
    select
        place_contests.reason_code,
        place_contests.contest_count as all_contest_count,
        place_items.item_count as all_item_count
    from place_contests
    inner join place_items
        on place_contests.dimension_code = place_items.dimension_code
        and place_contests.value_id = place_items.value_id
    where place_contests.dimension_code = 'company'
),

places as (
    select
        reason_totals.reason_code,
        place_items.dimension_code,
        place_items.dimension_order,
        place_items.value_id,
        place_items.item_count,
        coalesce(place_contests.contest_count, 0) as contest_count,
        reason_totals.all_item_count - place_items.item_count as rest_item_count,
        reason_totals.all_contest_count - coalesce(place_contests.contest_count, 0)
            as rest_contest_count,
        settings.false_discovery_ratio
    from place_items
    cross join reason_totals
    cross join settings
    left join place_contests
        on reason_totals.reason_code = place_contests.reason_code
        and place_items.dimension_code = place_contests.dimension_code
        and place_items.value_id = place_contests.value_id
    where
        place_items.dimension_code <> 'company'
        and place_items.item_count >= settings.least_item_count
        and reason_totals.all_item_count - place_items.item_count >= settings.least_item_count
        and reason_totals.all_contest_count >= settings.least_contest_count
),

trials as (
    select
        places.reason_code,
        places.dimension_code,
        places.dimension_order,
        places.value_id,
        places.item_count,
        places.contest_count,
        places.rest_item_count,
        places.rest_contest_count,
        places.false_discovery_ratio,
        places.contest_count * places.rest_item_count
        > places.rest_contest_count * places.item_count as is_higher,
        fisher_p_value(
            places.contest_count,
            places.item_count - places.contest_count,
            places.rest_contest_count,
            places.rest_item_count - places.rest_contest_count
        ) as p_value,
        -- x ln x of the four counts, less that of the places' totals; the rest is the same for all
        places.contest_count * ln(greatest(places.contest_count, 1))
        + (places.item_count - places.contest_count)
        * ln(greatest(places.item_count - places.contest_count, 1))
        + places.rest_contest_count * ln(greatest(places.rest_contest_count, 1))
        + (places.rest_item_count - places.rest_contest_count)
        * ln(greatest(places.rest_item_count - places.rest_contest_count, 1))
        - places.item_count * ln(greatest(places.item_count, 1))
        - places.rest_item_count * ln(greatest(places.rest_item_count, 1)) as strength
    from places
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
        trials.item_count,
        trials.contest_count,
        trials.rest_item_count,
        trials.rest_contest_count,
        trials.p_value,
        controlled_trials.strength_rank,
        controlled_trials.false_discovery_ratio,
        max(
            case
                when controlled_trials.false_discovery_ratio <= trials.false_discovery_ratio
                    then trials.p_value
            end
        ) over () as limit_p_value,
        trials.is_higher
        and controlled_trials.false_discovery_ratio <= trials.false_discovery_ratio as is_raised
    from trials
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
    where watched_contests.is_recent and decided_trials.is_raised
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
    decided_trials.item_count,
    decided_trials.contest_count,
    decided_trials.rest_item_count,
    decided_trials.rest_contest_count,
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
