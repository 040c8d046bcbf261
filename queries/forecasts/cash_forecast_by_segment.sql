-- cash_forecast_by_segment: what each kind of payer is expected to bring within the weeks.
--
-- grain:   one segment with an open item
-- key:     segment_code
-- source:  segment_week_forecasts
-- params:  none
-- columns:
--   segment_code     text   how its customers pay; `unsegmented` where nobody knows
--   mean_amount      money  on average, all weeks together: these add up
--   p10_amount       money  nine times in ten more comes in, all weeks together
--   p50_amount       money  as likely more as less
--   p90_amount       money  nine times in ten less comes in
--   due_date_amount  money  if all paid on the due date
--   beyond_amount    money  on average, after the last week

with last_weeks as (
    select max(segment_week_forecasts.week_order) as week_order
    from segment_week_forecasts
    where not segment_week_forecasts.is_beyond
)

select
    case
        when segment_week_forecasts.group_id = '' then 'unsegmented'
        else segment_week_forecasts.group_id
    end as segment_code,
    cast(
        sum(
            case when segment_week_forecasts.is_beyond
                then 0 else segment_week_forecasts.mean_amount end
        )
        as decimal(21, 3)
    ) as mean_amount,
    max(
        case
            when segment_week_forecasts.week_order = last_weeks.week_order
                then segment_week_forecasts.cumulative_p10_amount
        end
    ) as p10_amount,
    max(
        case
            when segment_week_forecasts.week_order = last_weeks.week_order
                then segment_week_forecasts.cumulative_p50_amount
        end
    ) as p50_amount,
    max(
        case
            when segment_week_forecasts.week_order = last_weeks.week_order
                then segment_week_forecasts.cumulative_p90_amount
        end
    ) as p90_amount,
    cast(
        sum(
            case when segment_week_forecasts.is_beyond
                then 0 else segment_week_forecasts.due_date_amount end
        )
        as decimal(21, 3)
    ) as due_date_amount,
    cast(
        sum(
            case when segment_week_forecasts.is_beyond
                then segment_week_forecasts.mean_amount else 0 end
        )
        as decimal(21, 3)
    ) as beyond_amount
from segment_week_forecasts
cross join last_weeks
group by segment_week_forecasts.group_id
order by mean_amount desc, segment_code
