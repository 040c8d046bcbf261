-- payer_migration: how many customers moved from one segment to another, month by month.
--
-- grain:   one month-end of the last 12, segment a month before and segment at its end
-- key:     month_end_date, from_segment_code, to_segment_code
-- source:  payer_days, payer_segments, payer_balances, item_days
-- params:  none
-- columns:
--   month_end_date     date   the later month-end
--   from_segment_code  text   a month before; `none` for customers without an item then
--   to_segment_code    text   at the month-end
--   customer_count     int    customers that went from one to the other, or stayed
--   open_amount        money  what they owe at the month-end, credits included

-- segments tell of twelve months: before the books hold them there is none to move from
with first_postings as (
    select min(item_days.posted_date) as first_posted_date
    from item_days
),

monthly_segments as (
    select
        payer_days.picture_date,
        payer_days.previous_month_date,
        payer_segments.company_id,
        payer_segments.customer_id,
        payer_segments.segment_code
    from payer_segments
    inner join payer_days on payer_segments.picture_date = payer_days.picture_date
    cross join first_postings
    where
        payer_days.is_month_end
        and payer_days.window_date >= first_postings.first_posted_date - interval '1 day'
)

select
    later.picture_date as month_end_date,
    coalesce(earlier.segment_code, 'none') as from_segment_code,
    later.segment_code as to_segment_code,
    count(*) as customer_count,
    cast(sum(coalesce(payer_balances.open_amount, 0)) as decimal(21, 3)) as open_amount
from monthly_segments as later
left join monthly_segments as earlier
    on later.previous_month_date = earlier.picture_date
    and later.company_id = earlier.company_id
    and later.customer_id = earlier.customer_id
left join payer_balances
    on later.picture_date = payer_balances.picture_date
    and later.company_id = payer_balances.company_id
    and later.customer_id = payer_balances.customer_id
where later.previous_month_date is not null
group by later.picture_date, coalesce(earlier.segment_code, 'none'), later.segment_code
order by month_end_date, from_segment_code, to_segment_code
