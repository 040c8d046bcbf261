-- payer_habits: on which days a customer pays.
--
-- grain:   one picture and customer with a receipt in the 12 months before
-- key:     picture_date, company_id, customer_id
-- source:  payer_days, known_items, known_allocations, contested_items, payer_thresholds
-- params:  none
-- columns:
--   picture_date          date   the day of the picture
--   company_id            text   whose receivables they are
--   customer_id           text   who pays
--   payment_date_count    int    days on which it paid what no reason held up
--   payment_pattern_code  text   month_days, monday … sunday, none, or unknown: too few to tell
--   payment_days_text     text   days of the month it pays on, weekends moved on: `10, 25`
--   payment_day_ratio     ratio  share of its payment days that its best pattern covers

-- What was contested is paid when the reason is gone: such days tell nothing of a habit.
with contests as (
    select
        contested_items.item_number,
        min(contested_items.from_date) as from_date
    from contested_items
    group by contested_items.item_number
),

receipt_uses as (
    select
        known_allocations.credit_item_number as item_number,
        min(
            case
                when contests.from_date <= known_allocations.acting_date
                    then known_allocations.acting_date
            end
        ) as held_date,
        min(
            case
                when contests.from_date is null
                    or contests.from_date > known_allocations.acting_date
                    then known_allocations.acting_date
            end
        ) as free_date
    from known_allocations
    left join contests on known_allocations.debit_item_number = contests.item_number
    where known_allocations.amount > 0
    group by known_allocations.credit_item_number
),

payment_dates as (
    select distinct
        payer_days.picture_date,
        known_items.company_id,
        known_items.customer_id,
        known_items.posted_date,
        cast(date_part('day', known_items.posted_date) as bigint) as month_day,
        cast(date_part('dow', known_items.posted_date) as bigint) as week_day
    from known_items
    cross join payer_days
    left join receipt_uses on known_items.item_number = receipt_uses.item_number
    where
        known_items.kind = 'receipt'
        and known_items.amount < 0
        and known_items.posted_date > payer_days.window_date
        and known_items.posted_date <= payer_days.picture_date
        and (
            receipt_uses.held_date is null
            or receipt_uses.held_date > payer_days.picture_date
            or receipt_uses.free_date <= payer_days.picture_date
        )
),

date_counts as (
    select
        payment_dates.picture_date,
        payment_dates.company_id,
        payment_dates.customer_id,
        count(*) as payment_date_count
    from payment_dates
    group by payment_dates.picture_date, payment_dates.company_id, payment_dates.customer_id
),

-- a run on the 10th that falls on a weekend is seen on the 11th or 12th: a day stands for itself
-- and the two after it
day_counts as (
    select
        payment_dates.picture_date,
        payment_dates.company_id,
        payment_dates.customer_id,
        payment_dates.month_day - shifts.shift_days as first_day,
        count(*) as covered_count
    from payment_dates
    cross join (values (0), (1), (2)) as shifts (shift_days)
    where payment_dates.month_day > shifts.shift_days
    group by
        payment_dates.picture_date,
        payment_dates.company_id,
        payment_dates.customer_id,
        payment_dates.month_day - shifts.shift_days
),

first_days as (
    select
        day_counts.picture_date,
        day_counts.company_id,
        day_counts.customer_id,
        day_counts.first_day,
        day_counts.covered_count,
        row_number() over (
            partition by day_counts.picture_date, day_counts.company_id, day_counts.customer_id
            order by day_counts.covered_count desc, day_counts.first_day desc
        ) as day_order
    from day_counts
),

best_days as (
    select
        first_days.picture_date,
        first_days.company_id,
        first_days.customer_id,
        first_days.first_day,
        first_days.covered_count
    from first_days
    where first_days.day_order = 1
),

second_days as (
    select
        day_counts.picture_date,
        day_counts.company_id,
        day_counts.customer_id,
        day_counts.first_day,
        day_counts.covered_count,
        row_number() over (
            partition by day_counts.picture_date, day_counts.company_id, day_counts.customer_id
            order by day_counts.covered_count desc, day_counts.first_day desc
        ) as day_order
    from day_counts
    inner join best_days
        on day_counts.picture_date = best_days.picture_date
        and day_counts.company_id = best_days.company_id
        and day_counts.customer_id = best_days.customer_id
    where abs(day_counts.first_day - best_days.first_day) >= 3
),

week_counts as (
    select
        payment_dates.picture_date,
        payment_dates.company_id,
        payment_dates.customer_id,
        payment_dates.week_day,
        count(*) as covered_count
    from payment_dates
    group by
        payment_dates.picture_date,
        payment_dates.company_id,
        payment_dates.customer_id,
        payment_dates.week_day
),

week_days as (
    select
        week_counts.picture_date,
        week_counts.company_id,
        week_counts.customer_id,
        week_counts.week_day,
        week_counts.covered_count,
        row_number() over (
            partition by week_counts.picture_date, week_counts.company_id, week_counts.customer_id
            order by week_counts.covered_count desc, week_counts.week_day
        ) as day_order
    from week_counts
),

patterns as (
    select
        date_counts.picture_date,
        date_counts.company_id,
        date_counts.customer_id,
        date_counts.payment_date_count,
        cast(
            cast(best_days.covered_count as decimal(38, 12)) / date_counts.payment_date_count
            as decimal(18, 6)
        ) as one_day_ratio,
        cast(
            cast(
                best_days.covered_count + coalesce(second_days.covered_count, 0) as decimal(38, 12)
            ) / date_counts.payment_date_count as decimal(18, 6)
        ) as two_day_ratio,
        cast(
            cast(week_days.covered_count as decimal(38, 12)) / date_counts.payment_date_count
            as decimal(18, 6)
        ) as week_day_ratio,
        best_days.first_day,
        second_days.first_day as second_day,
        week_days.week_day,
        date_counts.payment_date_count >= payer_thresholds.payment_date_count as is_known,
        date_counts.payment_date_count >= payer_thresholds.one_day_date_count
        and best_days.covered_count
        >= date_counts.payment_date_count * payer_thresholds.payment_day_ratio as is_one_day,
        payer_thresholds.payment_day_ratio as wanted_ratio
    from date_counts
    cross join payer_thresholds
    inner join best_days
        on date_counts.picture_date = best_days.picture_date
        and date_counts.company_id = best_days.company_id
        and date_counts.customer_id = best_days.customer_id
    left join second_days
        on date_counts.picture_date = second_days.picture_date
        and date_counts.company_id = second_days.company_id
        and date_counts.customer_id = second_days.customer_id
        and second_days.day_order = 1
    left join week_days
        on date_counts.picture_date = week_days.picture_date
        and date_counts.company_id = week_days.company_id
        and date_counts.customer_id = week_days.customer_id
        and week_days.day_order = 1
)

select
    patterns.picture_date,
    patterns.company_id,
    patterns.customer_id,
    patterns.payment_date_count,
    case
        when patterns.is_one_day then 'month_days'
        when not patterns.is_known then 'unknown'
        when patterns.two_day_ratio >= patterns.wanted_ratio then 'month_days'
        when patterns.week_day_ratio >= patterns.wanted_ratio
            then case patterns.week_day
                when 0 then 'sunday'
                when 1 then 'monday'
                when 2 then 'tuesday'
                when 3 then 'wednesday'
                when 4 then 'thursday'
                when 5 then 'friday'
                else 'saturday'
            end
        else 'none'
    end as payment_pattern_code,
    case
        when patterns.is_one_day then cast(patterns.first_day as varchar)
        when not patterns.is_known then null
        when patterns.one_day_ratio >= patterns.wanted_ratio
            then cast(patterns.first_day as varchar)
        when patterns.two_day_ratio >= patterns.wanted_ratio
            then cast(least(patterns.first_day, patterns.second_day) as varchar)
            || ', '
            || cast(greatest(patterns.first_day, patterns.second_day) as varchar)
    end as payment_days_text,
    case
        when patterns.is_one_day then patterns.one_day_ratio
        else greatest(patterns.two_day_ratio, patterns.week_day_ratio)
    end as payment_day_ratio
from patterns
