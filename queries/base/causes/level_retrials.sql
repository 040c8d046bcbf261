-- level_retrials: of each raised place that does not lead, whether it still is outside the leaders.
--
-- grain:   one raised and not leading place of level_trials
-- key:     reason_code, dimension_code, value_id
-- source:  level_trials, watched_invoices, watched_contests
-- params:  none
-- columns:
--   reason_code      text     why
--   dimension_code   text     site, product_line, salesperson, customer
--   value_id         text     the site, customer…
--   item_count       int      its invoices of the 12 months outside of every leader of the reason
--   contest_count    int      those contested for the reason
--   rest_item_count  int      the others' invoices, leaders' left out as well
--   rest_contest_count  int   those contested for the reason
--   p_value          decimal  Fisher's exact test, two-sided; null where nothing is left to test
--   is_separate      flag     still raised, and no stronger one of these shares a contested invoice

-- A salesperson whose one bad customer explains all of it is that customer's shadow: without the
-- leader's invoices, nothing is left. What is left is held to the limit of the first trials.
with leaders as (
    select
        level_trials.reason_code,
        level_trials.dimension_code,
        level_trials.value_id
    from level_trials
    where level_trials.is_leading
),

led_invoices as (
    select distinct
        leaders.reason_code,
        watched_invoices.item_number
    from watched_invoices
    inner join leaders
        on watched_invoices.dimension_code = leaders.dimension_code
        and watched_invoices.value_id = leaders.value_id
    where watched_invoices.is_recent
),

followers as (
    select
        level_trials.reason_code,
        level_trials.dimension_code,
        level_trials.value_id,
        level_trials.item_count + level_trials.rest_item_count as all_item_count,
        level_trials.contest_count + level_trials.rest_contest_count as all_contest_count,
        level_trials.limit_p_value
    from level_trials
    where level_trials.is_raised and not level_trials.is_leading
),

led_totals as (
    select
        led_invoices.reason_code,
        count(*) as item_count,
        count(watched_contests.item_number) as contest_count
    from led_invoices
    left join watched_contests
        on led_invoices.reason_code = watched_contests.reason_code
        and led_invoices.item_number = watched_contests.item_number
    group by led_invoices.reason_code
),

follower_invoices as (
    select
        followers.reason_code,
        followers.dimension_code,
        watched_invoices.dimension_order,
        followers.value_id,
        watched_invoices.item_number
    from watched_invoices
    inner join followers
        on watched_invoices.dimension_code = followers.dimension_code
        and watched_invoices.value_id = followers.value_id
    left anti join led_invoices
        on followers.reason_code = led_invoices.reason_code
        and watched_invoices.item_number = led_invoices.item_number
    where watched_invoices.is_recent
),

follower_counts as (
    select
        follower_invoices.reason_code,
        follower_invoices.dimension_code,
        follower_invoices.dimension_order,
        follower_invoices.value_id,
        count(*) as item_count,
        count(watched_contests.item_number) as contest_count
    from follower_invoices
    left join watched_contests
        on follower_invoices.reason_code = watched_contests.reason_code
        and follower_invoices.item_number = watched_contests.item_number
    group by
        follower_invoices.reason_code,
        follower_invoices.dimension_code,
        follower_invoices.dimension_order,
        follower_invoices.value_id
),

counts as (
    select
        followers.reason_code,
        followers.dimension_code,
        coalesce(follower_counts.dimension_order, 9) as dimension_order,
        followers.value_id,
        followers.limit_p_value,
        coalesce(follower_counts.item_count, 0) as item_count,
        coalesce(follower_counts.contest_count, 0) as contest_count,
        followers.all_item_count - coalesce(led_totals.item_count, 0)
        - coalesce(follower_counts.item_count, 0) as rest_item_count,
        followers.all_contest_count - coalesce(led_totals.contest_count, 0)
        - coalesce(follower_counts.contest_count, 0) as rest_contest_count
    from followers
    left join led_totals on followers.reason_code = led_totals.reason_code
    left join follower_counts
        on followers.reason_code = follower_counts.reason_code
        and followers.dimension_code = follower_counts.dimension_code
        and followers.value_id = follower_counts.value_id
),

trials as (
    select
        counts.reason_code,
        counts.dimension_code,
        counts.dimension_order,
        counts.value_id,
        counts.limit_p_value,
        counts.item_count,
        counts.contest_count,
        counts.rest_item_count,
        counts.rest_contest_count,
        case
            when counts.item_count > 0 and counts.rest_item_count > 0
                then fisher_p_value(
                    counts.contest_count,
                    counts.item_count - counts.contest_count,
                    counts.rest_contest_count,
                    counts.rest_item_count - counts.rest_contest_count
                )
        end as p_value,
        counts.contest_count * ln(greatest(counts.contest_count, 1))
        + (counts.item_count - counts.contest_count)
        * ln(greatest(counts.item_count - counts.contest_count, 1))
        + counts.rest_contest_count * ln(greatest(counts.rest_contest_count, 1))
        + (counts.rest_item_count - counts.rest_contest_count)
        * ln(greatest(counts.rest_item_count - counts.rest_contest_count, 1))
        - counts.item_count * ln(greatest(counts.item_count, 1))
        - counts.rest_item_count * ln(greatest(counts.rest_item_count, 1)) as strength
    from counts
),

raised_trials as (
    select
        trials.reason_code,
        trials.dimension_code,
        trials.value_id,
        row_number() over (
            partition by trials.reason_code
            order by trials.strength desc, trials.dimension_order, trials.value_id
        ) as strength_rank
    from trials
    where
        trials.p_value <= trials.limit_p_value
        and trials.contest_count * trials.rest_item_count
        > trials.rest_contest_count * trials.item_count
),

invoice_ranks as (
    select
        follower_invoices.reason_code,
        follower_invoices.dimension_code,
        follower_invoices.value_id,
        raised_trials.strength_rank,
        min(raised_trials.strength_rank) over (
            partition by follower_invoices.reason_code, follower_invoices.item_number
        ) as first_rank
    from follower_invoices
    inner join raised_trials
        on follower_invoices.reason_code = raised_trials.reason_code
        and follower_invoices.dimension_code = raised_trials.dimension_code
        and follower_invoices.value_id = raised_trials.value_id
    inner join watched_contests
        on follower_invoices.reason_code = watched_contests.reason_code
        and follower_invoices.item_number = watched_contests.item_number
),

separate_places as (
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
    trials.reason_code,
    trials.dimension_code,
    trials.value_id,
    trials.item_count,
    trials.contest_count,
    trials.rest_item_count,
    trials.rest_contest_count,
    trials.p_value,
    separate_places.reason_code is not null as is_separate
from trials
left join separate_places
    on trials.reason_code = separate_places.reason_code
    and trials.dimension_code = separate_places.dimension_code
    and trials.value_id = separate_places.value_id
