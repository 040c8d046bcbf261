-- roll_rates: what became, one month-end later, of what was open in each aging bucket.
--
-- grain:   one later month-end, bucket at the month-end before and bucket (or settled, moved) at it
-- key:     month_end_date, from_bucket_code, to_bucket_code
-- source:  bucket_rolls, buckets, book_limits, item_lists
-- params:  none
-- columns:
--   month_end_date    date   the later month-end, complete and on or before $as_of
--   from_bucket_code  text   bucket of open claims one month-end before; only if any was open
--   to_bucket_code    text   their bucket at the later month-end; settled; moved: booked again
--                            elsewhere
--   roll_ratio        ratio  share of the amount; each from_bucket_code sums to 1 exactly

-- Lists of open items alone tell what became of a bucket where there is one at both month-ends.
-- What rounding leaves over goes to the largest share of its from_bucket_code.
with listed_months as (
    select
        month_number(item_lists.list_date) as month_number
    from item_lists
    where date_part('day', item_lists.list_date + interval '1 day') = 1
    group by month_number
),

told_months as (
    select
        later_months.month_number
    from listed_months as later_months
    inner join listed_months as first_months
        on later_months.month_number = first_months.month_number + 1
),

from_totals as (
    select
        bucket_rolls.month_number,
        bucket_rolls.from_bucket_code,
        sum(bucket_rolls.rolled_amount) as from_amount
    from bucket_rolls
    cross join book_limits
    left join told_months on bucket_rolls.month_number = told_months.month_number
    where book_limits.has_history or told_months.month_number is not null
    group by bucket_rolls.month_number, bucket_rolls.from_bucket_code
),

destinations as (
    select
        buckets.bucket_code,
        buckets.bucket_order
    from buckets
    where buckets.bucket_order >= 0
    union all
    select
        'settled' as bucket_code,
        max(buckets.bucket_order) + 1 as bucket_order
    from buckets
    union all
    select
        'moved' as bucket_code,
        max(buckets.bucket_order) + 2 as bucket_order
    from buckets
),

ratios as (
    select
        from_totals.month_number,
        from_totals.from_bucket_code,
        destinations.bucket_code as to_bucket_code,
        destinations.bucket_order as to_bucket_order,
        coalesce(bucket_rolls.rolled_amount, 0) as rolled_amount,
        cast(
            cast(coalesce(bucket_rolls.rolled_amount, 0) as decimal(50, 8))
            / cast(from_totals.from_amount as decimal(25, 3)) as decimal(18, 6)
        ) as rounded_ratio
    from from_totals
    cross join destinations
    left join bucket_rolls
        on from_totals.month_number = bucket_rolls.month_number
        and from_totals.from_bucket_code = bucket_rolls.from_bucket_code
        and destinations.bucket_code = bucket_rolls.to_bucket_code
),

ranked_ratios as (
    select
        ratios.month_number,
        ratios.from_bucket_code,
        ratios.to_bucket_code,
        ratios.to_bucket_order,
        ratios.rounded_ratio,
        1 - sum(ratios.rounded_ratio) over (
            partition by ratios.month_number, ratios.from_bucket_code
        ) as left_ratio,
        row_number() over (
            partition by ratios.month_number, ratios.from_bucket_code
            order by ratios.rolled_amount desc, ratios.to_bucket_order
        ) as share_rank
    from ratios
)

select
    cast(
        make_date(
            (ranked_ratios.month_number + 1) / 12, (ranked_ratios.month_number + 1) % 12 + 1, 1
        ) - interval '1 day' as date
    ) as month_end_date,
    ranked_ratios.from_bucket_code,
    ranked_ratios.to_bucket_code,
    cast(
        ranked_ratios.rounded_ratio
        + case when ranked_ratios.share_rank = 1 then ranked_ratios.left_ratio else 0 end
        as decimal(18, 6)
    ) as roll_ratio
from ranked_ratios
inner join buckets as from_buckets
    on ranked_ratios.from_bucket_code = from_buckets.bucket_code
order by
    ranked_ratios.month_number,
    from_buckets.bucket_order,
    ranked_ratios.to_bucket_order
