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

held_receipts as (
    select
        known_allocations.credit_item_number as item_number,
        min(known_allocations.acting_date) as held_date
    from known_allocations
    inner join contests on known_allocations.debit_item_number = contests.item_number
    where
        known_allocations.amount > 0
        and contests.from_date <= known_allocations.acting_date
    group by known_allocations.credit_item_number
),

-- what else they paid
free_uses as (
    select
        held_receipts.item_number,
        min(known_allocations.acting_date) as free_date
    from held_receipts
    inner join known_allocations
        on held_receipts.item_number = known_allocations.credit_item_number
    left join contests on known_allocations.debit_item_number = contests.item_number
    where
        known_allocations.amount > 0
        and (
            contests.from_date is null
            or contests.from_date > known_allocations.acting_date
        )
    group by held_receipts.item_number
),

first_window as (
    select min(payer_days.window_date) as first_date
    from payer_days
),

receipt_dates as (
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.posted_date,
        bool_or(held_receipts.item_number is null) as is_free,
        max(held_receipts.held_date) as last_held_date,
        min(free_uses.free_date) as first_free_date
    from known_items
    cross join first_window
    left join held_receipts on known_items.item_number = held_receipts.item_number
    left join free_uses on known_items.item_number = free_uses.item_number
    where
        known_items.kind = 'receipt'
        and known_items.amount < 0
        and known_items.posted_date > first_window.first_date
    group by known_items.company_id, known_items.customer_id, known_items.posted_date
),

payment_dates as (
    select
        payer_days.picture_date,
        receipt_dates.company_id,
        receipt_dates.customer_id,
        date_part('day', receipt_dates.posted_date) as month_day,
        date_part('dow', receipt_dates.posted_date) as week_day
    from payer_days
    inner join receipt_dates
        on receipt_dates.posted_date > payer_days.window_date
        and receipt_dates.posted_date <= payer_days.picture_date
        and (
            receipt_dates.is_free
            or receipt_dates.last_held_date > payer_days.picture_date
            or receipt_dates.first_free_date <= payer_days.picture_date
        )
),

-- A run on the 10th that falls on a weekend is seen on the 11th or 12th: a day stands for itself
-- and the two after it. Of week days that are as common, the first one is taken.
counts as (
    select
        payment_dates.picture_date,
        payment_dates.company_id,
        payment_dates.customer_id,
        count(*) as payment_date_count,
        densest_runs(array_agg(payment_dates.month_day), 3) as day_runs,
        greatest(
            count(*) filter (where payment_dates.week_day = 0) * 7 + 6,
            count(*) filter (where payment_dates.week_day = 1) * 7 + 5,
            count(*) filter (where payment_dates.week_day = 2) * 7 + 4,
            count(*) filter (where payment_dates.week_day = 3) * 7 + 3,
            count(*) filter (where payment_dates.week_day = 4) * 7 + 2,
            count(*) filter (where payment_dates.week_day = 5) * 7 + 1,
            count(*) filter (where payment_dates.week_day = 6) * 7
        ) as week_score
    from payment_dates
    group by payment_dates.picture_date, payment_dates.company_id, payment_dates.customer_id
),

patterns as (
    select
        counts.picture_date,
        counts.company_id,
        counts.customer_id,
        counts.payment_date_count,
        cast(
            cast(counts.day_runs[2] as decimal(38, 12)) / counts.payment_date_count
            as decimal(18, 6)
        ) as one_day_ratio,
        cast(
            cast(counts.day_runs[2] + coalesce(counts.day_runs[4], 0) as decimal(38, 12))
            / counts.payment_date_count as decimal(18, 6)
        ) as two_day_ratio,
        cast(
            cast(counts.week_score / 7 as decimal(38, 12)) / counts.payment_date_count
            as decimal(18, 6)
        ) as week_day_ratio,
        counts.day_runs[1] as first_day,
        counts.day_runs[3] as second_day,
        6 - counts.week_score % 7 as week_day,
        counts.payment_date_count >= payer_thresholds.payment_date_count as is_known,
        counts.payment_date_count >= payer_thresholds.one_day_date_count
        and counts.day_runs[2]
        >= counts.payment_date_count * payer_thresholds.payment_day_ratio as is_one_day,
        payer_thresholds.payment_day_ratio as wanted_ratio
    from counts
    cross join payer_thresholds
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
