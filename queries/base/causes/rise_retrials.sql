-- rise_retrials: of each raised place that does not lead, whether it still is outside the leaders.
--
-- grain:   one raised and not leading place of rise_trials
-- key:     reason_code, dimension_code, value_id
-- source:  rise_trials, level_trials, watched_invoices, watched_contests, alert_settings
-- params:  $as_of date
-- columns:
--   reason_code      text     why
--   dimension_code   text     company, site, product_line, salesperson, customer
--   value_id         text     the site, customer…; `all` for company
--   since_month_number  int   month of the change, looked for again
--   item_count       int      its invoices issued since, outside of every leader of the reason
--   contest_count    int      those contested in time for the reason
--   earlier_item_count  int   its invoices issued before, outside of every leader
--   earlier_contest_count  int  those contested in time
--   split_count      int      months at which the change was looked for
--   p_value          decimal  as in rise_trials; null where too little is left to test
--   is_separate      flag     still raised, and no stronger one of these shares a contested invoice

-- The whole company is the shadow of the one site where goods leave damaged, and so is each
-- customer of that site: without the site's invoices, of whatever date, no rise is left. What is
-- left is held to the limit of the first trials. Places that level_trials tells apart lead, too.
with settings as (
    select
        max(alert_settings.least_item_count) as least_item_count,
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

leaders as (
    select
        rise_trials.reason_code,
        rise_trials.dimension_code,
        rise_trials.value_id
    from rise_trials
    where rise_trials.is_leading
    union
    select
        level_trials.reason_code,
        level_trials.dimension_code,
        level_trials.value_id
    from level_trials
    where level_trials.is_leading
),

followers as (
    select
        rise_trials.reason_code,
        rise_trials.dimension_code,
        rise_trials.value_id,
        rise_trials.limit_p_value
    from rise_trials
    where rise_trials.is_raised and not rise_trials.is_leading
),

led_invoices as (
    select
        leaders.reason_code,
        leaders.dimension_code,
        leaders.value_id,
        watched_invoices.item_number
    from watched_invoices
    inner join leaders
        on watched_invoices.dimension_code = leaders.dimension_code
        and watched_invoices.value_id = leaders.value_id
    where watched_invoices.is_mature
),

prompt_contests as (
    select
        watched_contests.reason_code,
        watched_contests.item_number
    from watched_contests
    where watched_contests.is_mature and watched_contests.is_prompt
),

-- each follower's invoices outside of the leaders, and whether they were contested
follower_invoices as (
    select
        followers.reason_code,
        followers.dimension_code,
        watched_invoices.dimension_order,
        followers.value_id,
        watched_invoices.item_number,
        watched_invoices.issued_month_number,
        prompt_contests.item_number is not null as is_contested
    from watched_invoices
    inner join followers
        on watched_invoices.dimension_code = followers.dimension_code
        and watched_invoices.value_id = followers.value_id
    left anti join led_invoices
        on followers.reason_code = led_invoices.reason_code
        and watched_invoices.item_number = led_invoices.item_number
        and (
            followers.dimension_code <> led_invoices.dimension_code
            or followers.value_id <> led_invoices.value_id
        )
    left join prompt_contests
        on followers.reason_code = prompt_contests.reason_code
        and watched_invoices.item_number = prompt_contests.item_number
    where watched_invoices.is_mature
),

follower_months as (
    select
        follower_invoices.reason_code,
        follower_invoices.dimension_code,
        follower_invoices.dimension_order,
        follower_invoices.value_id,
        follower_invoices.issued_month_number,
        count(*) as item_count,
        sum(case when follower_invoices.is_contested then 1 else 0 end) as contest_count
    from follower_invoices
    group by
        follower_invoices.reason_code,
        follower_invoices.dimension_code,
        follower_invoices.dimension_order,
        follower_invoices.value_id,
        follower_invoices.issued_month_number
),

follower_splits as (
    select
        follower_months.reason_code,
        follower_months.dimension_code,
        follower_months.dimension_order,
        follower_months.value_id,
        splits.since_month_number,
        sum(
            case
                when follower_months.issued_month_number >= splits.since_month_number
                    then follower_months.item_count
                else 0
            end
        ) as item_count,
        sum(
            case
                when follower_months.issued_month_number >= splits.since_month_number
                    then follower_months.contest_count
                else 0
            end
        ) as contest_count,
        sum(
            case
                when follower_months.issued_month_number < splits.since_month_number
                    then follower_months.item_count
                else 0
            end
        ) as earlier_item_count,
        sum(
            case
                when follower_months.issued_month_number < splits.since_month_number
                    then follower_months.contest_count
                else 0
            end
        ) as earlier_contest_count
    from follower_months
    cross join splits
    group by
        follower_months.reason_code,
        follower_months.dimension_code,
        follower_months.dimension_order,
        follower_months.value_id,
        splits.since_month_number
),

-- how much before and since differ: as in rise_trials
scored_splits as (
    select
        follower_splits.reason_code,
        follower_splits.dimension_code,
        follower_splits.dimension_order,
        follower_splits.value_id,
        follower_splits.since_month_number,
        follower_splits.item_count,
        follower_splits.contest_count,
        follower_splits.earlier_item_count,
        follower_splits.earlier_contest_count,
        follower_splits.contest_count * ln(greatest(follower_splits.contest_count, 1))
        + (follower_splits.item_count - follower_splits.contest_count)
        * ln(greatest(follower_splits.item_count - follower_splits.contest_count, 1))
        + follower_splits.earlier_contest_count
        * ln(greatest(follower_splits.earlier_contest_count, 1))
        + (follower_splits.earlier_item_count - follower_splits.earlier_contest_count)
        * ln(
            greatest(
                follower_splits.earlier_item_count - follower_splits.earlier_contest_count, 1
            )
        )
        - follower_splits.item_count * ln(greatest(follower_splits.item_count, 1))
        - follower_splits.earlier_item_count
        * ln(greatest(follower_splits.earlier_item_count, 1)) as difference
    from follower_splits
    cross join settings
    where
        follower_splits.item_count >= settings.least_item_count
        and follower_splits.earlier_item_count >= settings.least_item_count
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

follower_reasons as (
    select distinct followers.reason_code
    from followers
),

totals as (
    select
        follower_reasons.reason_code,
        count(distinct watched_invoices.item_number) as item_count,
        count(distinct prompt_contests.item_number) as contest_count
    from watched_invoices
    cross join follower_reasons
    left anti join led_invoices
        on follower_reasons.reason_code = led_invoices.reason_code
        and watched_invoices.item_number = led_invoices.item_number
    left join prompt_contests
        on follower_reasons.reason_code = prompt_contests.reason_code
        and watched_invoices.item_number = prompt_contests.item_number
    where watched_invoices.is_mature and watched_invoices.dimension_code = 'company'
    group by follower_reasons.reason_code
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
        totals.item_count - ranked_splits.item_count as other_item_count,
        totals.contest_count - ranked_splits.contest_count as other_contest_count
    from ranked_splits
    inner join totals on ranked_splits.reason_code = totals.reason_code
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

raised_trials as (
    select
        trials.reason_code,
        trials.dimension_code,
        trials.value_id,
        trials.since_month_number,
        row_number() over (
            partition by trials.reason_code
            order by trials.strength desc, trials.dimension_order, trials.value_id
        ) as strength_rank
    from trials
    inner join followers
        on trials.reason_code = followers.reason_code
        and trials.dimension_code = followers.dimension_code
        and trials.value_id = followers.value_id
    where trials.is_higher and trials.p_value <= followers.limit_p_value
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
    where
        follower_invoices.is_contested
        and follower_invoices.issued_month_number >= raised_trials.since_month_number
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
    followers.reason_code,
    followers.dimension_code,
    followers.value_id,
    trials.since_month_number,
    coalesce(trials.item_count, 0) as item_count,
    coalesce(trials.contest_count, 0) as contest_count,
    coalesce(trials.earlier_item_count, 0) as earlier_item_count,
    coalesce(trials.earlier_contest_count, 0) as earlier_contest_count,
    trials.split_count,
    trials.p_value,
    separate_places.reason_code is not null as is_separate
from followers
left join trials
    on followers.reason_code = trials.reason_code
    and followers.dimension_code = trials.dimension_code
    and followers.value_id = trials.value_id
left join separate_places
    on followers.reason_code = separate_places.reason_code
    and followers.dimension_code = separate_places.dimension_code
    and followers.value_id = separate_places.value_id
