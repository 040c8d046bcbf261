-- forecast_figures: the cash to come in, in five figures, each with its range.
--
-- grain:   one as-of day: $as_of
-- key:     as_of_date
-- source:  week_forecasts, sentences
-- params:  $as_of date, $language text
-- columns:
--   as_of_date              date   end of that day
--   to_sunday_amount        money  as likely more as less, from the day after to Sunday
--   to_sunday_range_text    text   until when, and P10 to P90
--   next_week_amount        money  the same from the Monday after that to its Sunday
--   next_week_range_text    text   until when, and P10 to P90
--   four_weeks_amount       money  all up to the end of the fourth week
--   four_weeks_range_text   text   until when, and P10 to P90
--   all_weeks_amount        money  all up to the end of the last week of the forecast
--   all_weeks_range_text    text   until when, and P10 to P90
--   beyond_weeks_amount     money  what comes after that
--   beyond_weeks_range_text text   after when, and P10 to P90

with reader as (
    select cast($language as varchar) as language_code
),

last_weeks as (
    select max(week_forecasts.week_order) as week_order
    from week_forecasts
    where week_forecasts.dimension_code = 'total' and not week_forecasts.is_beyond
),

-- medians and ranges do not add up: spans of several weeks have their own
spans as (
    select
        case
            when week_forecasts.is_beyond then 'beyond_weeks'
            when week_forecasts.week_order = 1 then 'to_sunday'
            when week_forecasts.week_order = 2 then 'next_week'
            when week_forecasts.week_order = 4 then 'four_weeks'
            else 'all_weeks'
        end as span_code,
        case
            when week_forecasts.is_beyond or week_forecasts.week_order = 2
                then week_forecasts.p10_amount
            else week_forecasts.cumulative_p10_amount
        end as p10_amount,
        case
            when week_forecasts.is_beyond or week_forecasts.week_order = 2
                then week_forecasts.p50_amount
            else week_forecasts.cumulative_p50_amount
        end as p50_amount,
        case
            when week_forecasts.is_beyond or week_forecasts.week_order = 2
                then week_forecasts.p90_amount
            else week_forecasts.cumulative_p90_amount
        end as p90_amount,
        coalesce(week_forecasts.week_end_date, week_forecasts.week_start_date) as span_date
    from week_forecasts
    cross join last_weeks
    where
        week_forecasts.dimension_code = 'total'
        and (
            week_forecasts.is_beyond
            or week_forecasts.week_order in (1, 2, 4)
            or week_forecasts.week_order = last_weeks.week_order
        )
),

told_spans as (
    select
        spans.span_code,
        spans.p50_amount,
        filled_text(
            case when reader.language_code = 'fr' then sentences.fr_text else sentences.en_text end,
            make_array('day', 'low', 'high'),
            make_array(
                to_char(
                    spans.span_date,
                    case when reader.language_code = 'fr' then '%d/%m/%Y' else '%-d %b %Y' end
                ),
                number_text(round(spans.p10_amount), 0, reader.language_code),
                number_text(round(spans.p90_amount), 0, reader.language_code)
            )
        ) as range_text
    from spans
    cross join reader
    inner join sentences
        on sentences.sentence_code = case
            when spans.span_code = 'beyond_weeks' then 'forecast.range_from'
            else 'forecast.range_to'
        end
)

select
    $as_of as as_of_date,
    max(case when told_spans.span_code = 'to_sunday' then told_spans.p50_amount end)
        as to_sunday_amount,
    max(case when told_spans.span_code = 'to_sunday' then told_spans.range_text end)
        as to_sunday_range_text,
    max(case when told_spans.span_code = 'next_week' then told_spans.p50_amount end)
        as next_week_amount,
    max(case when told_spans.span_code = 'next_week' then told_spans.range_text end)
        as next_week_range_text,
    max(case when told_spans.span_code = 'four_weeks' then told_spans.p50_amount end)
        as four_weeks_amount,
    max(case when told_spans.span_code = 'four_weeks' then told_spans.range_text end)
        as four_weeks_range_text,
    max(case when told_spans.span_code = 'all_weeks' then told_spans.p50_amount end)
        as all_weeks_amount,
    max(case when told_spans.span_code = 'all_weeks' then told_spans.range_text end)
        as all_weeks_range_text,
    max(case when told_spans.span_code = 'beyond_weeks' then told_spans.p50_amount end)
        as beyond_weeks_amount,
    max(case when told_spans.span_code = 'beyond_weeks' then told_spans.range_text end)
        as beyond_weeks_range_text
from told_spans
order by as_of_date
