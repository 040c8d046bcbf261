-- forecast_accuracy: how far past forecasts could be believed, in sentences.
--
-- grain:   one sentence
-- key:     sentence_order
-- source:  backtest_scores, backtest_weeks, sentences
-- params:  $language text
-- columns:
--   sentence_order  int   order in which they are told
--   accuracy_code   text  range, error, items; none where there is too little history
--   accuracy_text   text  the sentence, with its figures

with reader as (
    select cast($language as varchar) as language_code
),

origins as (
    select count(distinct backtest_weeks.origin_date) as origin_count
    from backtest_weeks
),

scores as (
    select
        max(case when backtest_scores.model_code = 'ours' then backtest_scores.week_count end)
            as week_count,
        max(
            case
                when backtest_scores.model_code = 'ours'
                    then backtest_scores.p10_p90_coverage_ratio
            end
        ) as coverage_ratio,
        max(case when backtest_scores.model_code = 'ours' then backtest_scores.wape_ratio end)
            as ours_ratio,
        max(case when backtest_scores.model_code = 'due_date' then backtest_scores.wape_ratio end)
            as due_date_ratio,
        max(
            case
                when backtest_scores.model_code = 'customer_mean' then backtest_scores.wape_ratio
            end
        ) as customer_mean_ratio,
        max(case when backtest_scores.model_code = 'ours' then backtest_scores.item_count end)
            as item_count,
        max(case when backtest_scores.model_code = 'ours' then backtest_scores.mae_days end)
            as mae_days,
        max(
            case
                when backtest_scores.model_code = 'ours' then backtest_scores.item_coverage_ratio
            end
        ) as item_coverage_ratio
    from backtest_scores
    where backtest_scores.horizon_order = 0
),

told as (
    select
        1 as sentence_order,
        'none' as accuracy_code
    from scores
    where coalesce(scores.week_count, 0) = 0
    union all
    select
        1 as sentence_order,
        'range' as accuracy_code
    from scores
    where scores.week_count > 0 and scores.coverage_ratio is not null
    union all
    select
        2 as sentence_order,
        'error' as accuracy_code
    from scores
    where
        scores.week_count > 0
        and scores.ours_ratio is not null
        and scores.due_date_ratio is not null
        and scores.customer_mean_ratio is not null
    union all
    select
        3 as sentence_order,
        'items' as accuracy_code
    from scores
    where
        scores.week_count > 0
        and scores.mae_days is not null
        and scores.item_coverage_ratio is not null
),

figures as (
    select
        reader.language_code,
        case when reader.language_code = 'fr' then ' %' else '%' end as percent,
        number_text(origins.origin_count, 0, reader.language_code) as origin_count,
        number_text(scores.week_count, 0, reader.language_code) as week_count,
        number_text(round(100 * scores.coverage_ratio), 0, reader.language_code) as coverage,
        number_text(round(100 * scores.ours_ratio), 0, reader.language_code) as ours,
        number_text(round(100 * scores.due_date_ratio), 0, reader.language_code) as due_date,
        number_text(round(100 * scores.customer_mean_ratio), 0, reader.language_code)
            as customer_mean,
        number_text(scores.item_count, 0, reader.language_code) as item_count,
        number_text(round(scores.mae_days), 0, reader.language_code) as mae_days,
        number_text(round(100 * scores.item_coverage_ratio), 0, reader.language_code)
            as item_coverage
    from scores
    cross join origins
    cross join reader
)

select
    told.sentence_order,
    told.accuracy_code,
    filled_text(
        case when figures.language_code = 'fr' then sentences.fr_text else sentences.en_text end,
        make_array(
            'origin_count', 'week_count', 'coverage', 'ours', 'due_date', 'customer_mean',
            'item_count', 'mae_days', 'item_coverage'
        ),
        make_array(
            coalesce(figures.origin_count, ''),
            coalesce(figures.week_count, ''),
            coalesce(concat(figures.coverage, figures.percent), ''),
            coalesce(concat(figures.ours, figures.percent), ''),
            coalesce(concat(figures.due_date, figures.percent), ''),
            coalesce(concat(figures.customer_mean, figures.percent), ''),
            coalesce(figures.item_count, ''),
            coalesce(figures.mae_days, ''),
            coalesce(concat(figures.item_coverage, figures.percent), '')
        )
    ) as accuracy_text
from told
cross join figures
inner join sentences
    on sentences.sentence_code = concat('forecast.accuracy_', told.accuracy_code)
order by sentence_order
