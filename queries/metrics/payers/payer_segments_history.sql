-- payer_segments_history: what each segment owed at the last thirteen month-ends.
--
-- grain:   one month-end and segment
-- key:     month_end_date, segment_code
-- source:  payer_days, payer_segments, payer_balances, item_days
-- params:  none
-- columns:
--   month_end_date  date   end of the month
--   segment_code    text   what customers were treated as then
--   customer_count  int    how many
--   open_amount     money  what they owed, credits included

-- segments tell of twelve months: before the books hold them there is none
with first_postings as (
    select min(item_days.posted_date) as first_posted_date
    from item_days
)

select
    payer_segments.picture_date as month_end_date,
    payer_segments.segment_code,
    count(*) as customer_count,
    cast(sum(coalesce(payer_balances.open_amount, 0)) as decimal(21, 3)) as open_amount
from payer_segments
inner join payer_days on payer_segments.picture_date = payer_days.picture_date
cross join first_postings
left join payer_balances
    on payer_segments.picture_date = payer_balances.picture_date
    and payer_segments.company_id = payer_balances.company_id
    and payer_segments.customer_id = payer_balances.customer_id
where
    payer_days.is_month_end
    and payer_days.window_date >= first_postings.first_posted_date - interval '1 day'
group by payer_segments.picture_date, payer_segments.segment_code
order by month_end_date, segment_code
