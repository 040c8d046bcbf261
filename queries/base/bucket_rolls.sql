-- bucket_rolls: where the open amount of each aging bucket is one month-end later.
--
-- grain:   one pair of consecutive month-ends, bucket at the first and bucket at the second
-- key:     month_number, from_bucket_code, to_bucket_code
-- source:  known_changes, item_steps, known_items, known_allocations, as_of_days, bucket_days
-- params:  $as_of date
-- columns:
--   month_number      int    month of the later month-end (year × 12 + month − 1)
--   from_bucket_code  text   bucket at the earlier month-end
--   to_bucket_code    text   bucket at the later one; settled; moved: booked again elsewhere
--   rolled_amount     money  open claims of an age that went this way

-- An even item only goes down: what it kept is what is open of it a month later, so that sums by
-- day of age and month of posting say it. An uneven one is looked at by itself: each state holds
-- from a step to the next, and is spread over the month-ends between.
with even_changes as (
    select
        known_changes.aged_from_date,
        month_number(known_changes.posted_month_date) as posted_month_number,
        month_number(known_changes.step_date) as step_month_number,
        sum(known_changes.debit_amount) as debit_amount,
        sum(known_changes.moved_amount) as moved_amount
    from known_changes
    where
        known_changes.is_even
        and known_changes.is_claim
        and known_changes.aged_from_date is not null
    group by known_changes.aged_from_date, posted_month_number, step_month_number
),

-- a month-end meets the changes up to it of the items posted by the month-end before
even_pairs as (
    select
        later_days.month_number,
        even_changes.aged_from_date,
        sum(
            case
                when even_changes.step_month_number < later_days.month_number
                    then even_changes.debit_amount
                else 0
            end
        ) as open_amount,
        sum(even_changes.debit_amount) as kept_amount,
        -sum(
            case
                when even_changes.step_month_number = later_days.month_number
                    then even_changes.moved_amount
                else 0
            end
        ) as moved_amount
    from as_of_days as later_days
    inner join even_changes
        on even_changes.step_month_number <= later_days.month_number
        and even_changes.posted_month_number < later_days.month_number
    where later_days.is_month_end
    group by later_days.month_number, even_changes.aged_from_date
),

open_spans as (
    select
        item_steps.item_number,
        item_steps.open_amount,
        known_items.aged_from_date,
        month_number(item_steps.step_date) as first_month_number,
        -- the month that holds a step, or the day after $as_of, is no longer this state's
        coalesce(
            month_number(item_steps.next_step_date),
            month_number(cast($as_of + interval '1 day' as date))
        ) as end_month_number
    from item_steps
    inner join known_items on item_steps.item_number = known_items.item_number
    where
        item_steps.is_uneven
        and known_items.is_claim
        and known_items.aged_from_date is not null
        and item_steps.open_amount > 0
),

month_ends as (
    select
        open_spans.item_number,
        open_spans.open_amount,
        open_spans.aged_from_date,
        unnest(range(open_spans.first_month_number, open_spans.end_month_number)) as month_number
    from open_spans
    where open_spans.first_month_number < open_spans.end_month_number
),

moves as (
    select
        known_allocations.debit_item_number as item_number,
        month_number(known_allocations.acting_date) as month_number,
        sum(known_allocations.answer_amount) as moved_amount
    from known_allocations
    where known_allocations.credit_kind in ('transfer', 'factored')
    group by known_allocations.debit_item_number, month_number
),

month_pairs as (
    select
        month_ends.item_number,
        month_ends.month_number + 1 as month_number,
        month_ends.aged_from_date,
        month_ends.open_amount,
        lead(month_ends.item_number) over item_months as next_item_number,
        lead(month_ends.month_number) over item_months as next_month_number,
        lead(month_ends.open_amount) over item_months as next_open_amount
    from month_ends
    -- one window over all items in turn: one for each would cost many times the work
    window item_months as (order by month_ends.item_number, month_ends.month_number)
),

all_pairs as (
    select
        even_pairs.month_number,
        even_pairs.aged_from_date,
        even_pairs.open_amount,
        even_pairs.kept_amount,
        even_pairs.moved_amount
    from even_pairs
    where even_pairs.open_amount <> 0
    union all
    select
        month_pairs.month_number,
        month_pairs.aged_from_date,
        month_pairs.open_amount,
        -- an item absent from the next month-end was settled in between
        case
            when
                month_pairs.next_item_number = month_pairs.item_number
                and month_pairs.next_month_number = month_pairs.month_number
                then least(month_pairs.open_amount, month_pairs.next_open_amount)
            else cast(0 as decimal(21, 3))
        end as kept_amount,
        coalesce(moves.moved_amount, 0) as moved_amount
    from month_pairs
    left join moves
        on month_pairs.item_number = moves.item_number
        and month_pairs.month_number = moves.month_number
),

aged_pairs as (
    select
        all_pairs.month_number,
        all_pairs.open_amount,
        all_pairs.kept_amount,
        least(greatest(all_pairs.moved_amount, 0), all_pairs.open_amount - all_pairs.kept_amount)
            as moved_amount,
        earlier_days.as_of_date - all_pairs.aged_from_date as from_days,
        later_days.as_of_date - all_pairs.aged_from_date as to_days
    from all_pairs
    inner join as_of_days as earlier_days
        on all_pairs.month_number - 1 = earlier_days.month_number
        and earlier_days.is_month_end
    -- the last complete month-end has no later one to compare with, and drops out here
    inner join as_of_days as later_days
        on all_pairs.month_number = later_days.month_number
        and later_days.is_month_end
),

day_totals as (
    select
        aged_pairs.month_number,
        aged_pairs.from_days,
        aged_pairs.to_days,
        sum(aged_pairs.kept_amount) as kept_amount,
        sum(aged_pairs.moved_amount) as moved_amount,
        sum(aged_pairs.open_amount - aged_pairs.kept_amount - aged_pairs.moved_amount)
            as settled_amount
    from aged_pairs
    group by aged_pairs.month_number, aged_pairs.from_days, aged_pairs.to_days
),

last_bucket as (
    select max(bucket_days.last_days) as last_days
    from bucket_days
),

-- few rows by now: each meets the one row of last_bucket
clamped_totals as (
    select
        day_totals.month_number,
        least(greatest(day_totals.from_days, 0), last_bucket.last_days) as from_days,
        least(greatest(day_totals.to_days, 0), last_bucket.last_days) as to_days,
        day_totals.kept_amount,
        day_totals.moved_amount,
        day_totals.settled_amount
    from day_totals
    cross join last_bucket
),

bucket_totals as (
    select
        clamped_totals.month_number,
        from_buckets.bucket_code as from_bucket_code,
        to_buckets.bucket_code as to_bucket_code,
        clamped_totals.kept_amount as rolled_amount
    from clamped_totals
    inner join bucket_days as from_buckets on clamped_totals.from_days = from_buckets.past_due_days
    inner join bucket_days as to_buckets on clamped_totals.to_days = to_buckets.past_due_days
    union all
    select
        clamped_totals.month_number,
        from_buckets.bucket_code as from_bucket_code,
        'settled' as to_bucket_code,
        clamped_totals.settled_amount as rolled_amount
    from clamped_totals
    inner join bucket_days as from_buckets on clamped_totals.from_days = from_buckets.past_due_days
    union all
    select
        clamped_totals.month_number,
        from_buckets.bucket_code as from_bucket_code,
        'moved' as to_bucket_code,
        clamped_totals.moved_amount as rolled_amount
    from clamped_totals
    inner join bucket_days as from_buckets on clamped_totals.from_days = from_buckets.past_due_days
)

select
    bucket_totals.month_number,
    bucket_totals.from_bucket_code,
    bucket_totals.to_bucket_code,
    cast(sum(bucket_totals.rolled_amount) as decimal(21, 3)) as rolled_amount
from bucket_totals
group by
    bucket_totals.month_number,
    bucket_totals.from_bucket_code,
    bucket_totals.to_bucket_code
