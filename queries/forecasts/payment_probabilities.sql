-- payment_probabilities: when each open item is likely to be paid, and what moves that day.
--
-- grain:   one open debit item
-- key:     company_id, item_id
-- source:  item_forecasts, known_items, item_balances, customers, payer_axes, sentences
-- params:  $as_of date, $language text
-- columns:
--   item_id               text   identifier, stable across loads
--   company_id            text   empty where the lake holds none
--   customer_id           text   who owes
--   customer_name         text   its name; null where unknown
--   reference             text   number of the document
--   due_date              date   null where unknown
--   past_due_days         int    $as_of minus due_date; null where unknown
--   open_amount           money  what is open
--   covered_amount        money  part of it that credits of the customer cover: no cash is expected
--   expected_date         date   the median of what is paid at all: as likely before as after; null
--                                where the item is likelier never paid
--   p10_date              date   of what is paid, one in ten is by then; null as before
--   p90_date              date   nine in ten; null as before
--   bank_date             date   the expected date, and the days to the bank
--   p_late_ratio          ratio  chance of being paid after the due date; null where unknown
--   p_paid_7_days_ratio   ratio  chance of being paid within 7 days
--   p_paid_14_days_ratio  ratio  within 14
--   p_paid_30_days_ratio  ratio  within 30
--   p_paid_60_days_ratio  ratio  within 60
--   p_paid_90_days_ratio  ratio  within 90
--   p_never_ratio         ratio  chance that no cash ever comes
--   mean_amount           money  cash expected of it within the weeks of the forecast, on average
--   why_text              text   what the expected date rests on

with reader as (
    select cast($language as varchar) as language_code
),

phrases as (
    select
        sentences.sentence_code,
        case
            when reader.language_code = 'fr' then sentences.fr_text
            else sentences.en_text
        end as phrase
    from sentences
    cross join reader
    where
        sentences.sentence_code like 'forecast.why%'
        or sentences.sentence_code like 'weekday.%'
        or sentences.sentence_code in ('lateness.late', 'lateness.early')
),

phrase_book as (
    select
        max(case when phrases.sentence_code = 'forecast.why_days' then phrases.phrase end)
            as days_phrase,
        max(case when phrases.sentence_code = 'forecast.why_weekdays' then phrases.phrase end)
            as weekdays_phrase,
        max(case when phrases.sentence_code = 'forecast.why_month_end' then phrases.phrase end)
            as month_end_phrase,
        max(case when phrases.sentence_code = 'forecast.why_early_habit' then phrases.phrase end)
            as early_habit_phrase,
        max(case when phrases.sentence_code = 'forecast.why_risk' then phrases.phrase end)
            as risk_phrase,
        max(case when phrases.sentence_code = 'forecast.why_never' then phrases.phrase end)
            as never_phrase,
        max(case when phrases.sentence_code = 'forecast.why_held' then phrases.phrase end)
            as held_phrase,
        max(case when phrases.sentence_code = 'forecast.why_promised' then phrases.phrase end)
            as promised_phrase,
        max(case when phrases.sentence_code = 'forecast.why_part' then phrases.phrase end)
            as part_phrase,
        max(case when phrases.sentence_code = 'forecast.why_overdue' then phrases.phrase end)
            as overdue_phrase,
        max(case when phrases.sentence_code = 'forecast.why_slower' then phrases.phrase end)
            as slower_phrase,
        max(case when phrases.sentence_code = 'forecast.why_faster' then phrases.phrase end)
            as faster_phrase,
        max(case when phrases.sentence_code = 'lateness.late' then phrases.phrase end)
            as late_phrase,
        max(case when phrases.sentence_code = 'lateness.early' then phrases.phrase end)
            as early_phrase,
        max(case when phrases.sentence_code = 'weekday.1' then phrases.phrase end)
            as weekday_1_phrase,
        max(case when phrases.sentence_code = 'weekday.2' then phrases.phrase end)
            as weekday_2_phrase,
        max(case when phrases.sentence_code = 'weekday.3' then phrases.phrase end)
            as weekday_3_phrase,
        max(case when phrases.sentence_code = 'weekday.4' then phrases.phrase end)
            as weekday_4_phrase,
        max(case when phrases.sentence_code = 'weekday.5' then phrases.phrase end)
            as weekday_5_phrase
    from phrases
),

-- of a payer whose delay changes, the level of all its payments is no rule
drifting as (
    select
        payer_axes.company_id,
        payer_axes.customer_id,
        case
            when payer_axes.drift_code = 'deteriorating' then phrase_book.slower_phrase
            else phrase_book.faster_phrase
        end as drift_phrase,
        filled_text(
            case
                when payer_axes.recent_late_days < 0 then phrase_book.early_phrase
                else phrase_book.late_phrase
            end,
            make_array('days'),
            make_array(number_text(abs(payer_axes.recent_late_days), 0, reader.language_code))
        ) as recent_text,
        filled_text(
            case
                when payer_axes.previous_late_days < 0 then phrase_book.early_phrase
                else phrase_book.late_phrase
            end,
            make_array('days'),
            make_array(number_text(abs(payer_axes.previous_late_days), 0, reader.language_code))
        ) as previous_text
    from payer_axes
    cross join phrase_book
    cross join reader
    where payer_axes.picture_date = $as_of and payer_axes.drift_code <> 'stable'
),

named as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.name) as customer_name
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
),

outlooks as (
    select
        item_forecasts.item_number,
        item_forecasts.covered_amount,
        item_forecasts.expected_date,
        item_forecasts.p10_date,
        item_forecasts.p90_date,
        item_forecasts.bank_date,
        item_forecasts.p_late_ratio,
        item_forecasts.p_paid_7_days_ratio,
        item_forecasts.p_paid_14_days_ratio,
        item_forecasts.p_paid_30_days_ratio,
        item_forecasts.p_paid_60_days_ratio,
        item_forecasts.p_paid_90_days_ratio,
        item_forecasts.mean_amount,
        item_forecasts.never_ratio,
        item_forecasts.payment_days_text,
        item_forecasts.payment_weekdays_text,
        item_forecasts.is_month_end_run,
        item_forecasts.early_days,
        item_forecasts.is_part_paid,
        item_forecasts.promised_date,
        item_forecasts.hold_days,
        item_forecasts.promise_days,
        item_forecasts.held_ratio,
        concat(
            case
                when item_forecasts.payment_count < 5 then 'forecast.why_new_'
                when item_forecasts.changed_date > $as_of - interval '12 months'
                    then case
                        when item_forecasts.is_gradual_change then 'forecast.why_gradual_'
                        else 'forecast.why_since_'
                    end
                when drifting.drift_phrase is not null then 'forecast.why_all_'
                else 'forecast.why_'
            end,
            case
                when item_forecasts.usual_late_days > 0 then 'late'
                when item_forecasts.usual_late_days < 0 then 'early'
                else 'on_time'
            end
        ) as habit_code,
        number_text(abs(item_forecasts.usual_late_days), 0, reader.language_code) as days_text,
        number_text(item_forecasts.payment_count, 0, reader.language_code) as payment_count_text,
        to_char(
            item_forecasts.changed_date,
            case when reader.language_code = 'fr' then '%d/%m/%Y' else '%-d %b %Y' end
        ) as changed_text,
        number_text(item_forecasts.held_extra_days, 0, reader.language_code) as extra_days_text,
        concat(
            number_text(round(100 * item_forecasts.early_ratio), 0, reader.language_code),
            case when reader.language_code = 'fr' then ' %' else '%' end
        ) as early_percent_text,
        concat(
            number_text(round(100 * item_forecasts.never_ratio), 0, reader.language_code),
            case when reader.language_code = 'fr' then ' %' else '%' end
        ) as never_percent_text,
        concat(
            number_text(round(100 * item_forecasts.held_ratio), 0, reader.language_code),
            case when reader.language_code = 'fr' then ' %' else '%' end
        ) as held_percent_text,
        concat(
            '+',
            number_text(item_forecasts.hold_days, 0, reader.language_code)
        ) as hold_days_text,
        concat(
            case
                when item_forecasts.promise_days > 0 then '+'
                when item_forecasts.promise_days < 0 then '−'
            end,
            number_text(abs(item_forecasts.promise_days), 0, reader.language_code)
        ) as promise_days_text,
        replace(
            replace(
                replace(
                    replace(
                        replace(
                            item_forecasts.payment_weekdays_text,
                            '1',
                            phrase_book.weekday_1_phrase
                        ),
                        '2',
                        phrase_book.weekday_2_phrase
                    ),
                    '3',
                    phrase_book.weekday_3_phrase
                ),
                '4',
                phrase_book.weekday_4_phrase
            ),
            '5',
            phrase_book.weekday_5_phrase
        ) as weekdays_text,
        drifting.drift_phrase,
        drifting.recent_text,
        drifting.previous_text,
        reader.language_code
    from item_forecasts
    inner join known_items on item_forecasts.item_number = known_items.item_number
    left join drifting
        on known_items.company_id = drifting.company_id
        and known_items.customer_id = drifting.customer_id
    cross join phrase_book
    cross join reader
)

select
    known_items.item_id,
    known_items.company_id,
    known_items.customer_id,
    named.customer_name,
    known_items.reference,
    known_items.due_date,
    item_balances.past_due_days,
    item_balances.open_amount,
    outlooks.covered_amount,
    outlooks.expected_date,
    outlooks.p10_date,
    outlooks.p90_date,
    outlooks.bank_date,
    outlooks.p_late_ratio,
    outlooks.p_paid_7_days_ratio,
    outlooks.p_paid_14_days_ratio,
    outlooks.p_paid_30_days_ratio,
    outlooks.p_paid_60_days_ratio,
    outlooks.p_paid_90_days_ratio,
    outlooks.never_ratio as p_never_ratio,
    outlooks.mean_amount,
    concat_ws(
        case when outlooks.language_code = 'fr' then ' ; ' else '; ' end,
        filled_text(
            phrases.phrase,
            make_array('days', 'payment_count', 'since'),
            make_array(outlooks.days_text, outlooks.payment_count_text, outlooks.changed_text)
        ),
        filled_text(
            outlooks.drift_phrase,
            make_array('recent', 'previous'),
            make_array(outlooks.recent_text, outlooks.previous_text)
        ),
        case
            when outlooks.payment_days_text is not null
                then filled_text(
                    phrase_book.days_phrase,
                    make_array('payment_days'),
                    make_array(outlooks.payment_days_text)
                )
        end,
        case
            when outlooks.payment_weekdays_text is not null
                then filled_text(
                    phrase_book.weekdays_phrase,
                    make_array('weekdays'),
                    make_array(outlooks.weekdays_text)
                )
        end,
        case when outlooks.is_month_end_run then phrase_book.month_end_phrase end,
        case
            when outlooks.early_days is not null
                then filled_text(
                    phrase_book.early_habit_phrase,
                    make_array('early_percent', 'early_days'),
                    make_array(
                        outlooks.early_percent_text,
                        number_text(outlooks.early_days, 0, outlooks.language_code)
                    )
                )
        end,
        case
            when outlooks.never_ratio >= 0.05
                then filled_text(
                    phrase_book.never_phrase,
                    make_array('never_percent'),
                    make_array(outlooks.never_percent_text)
                )
        end,
        case
            when outlooks.held_ratio >= 0.25 and outlooks.hold_days is null
                then filled_text(
                    phrase_book.risk_phrase,
                    make_array('held_percent', 'extra_days'),
                    make_array(outlooks.held_percent_text, outlooks.extra_days_text)
                )
        end,
        case
            when outlooks.hold_days > 0
                then filled_text(
                    phrase_book.held_phrase,
                    make_array('hold_days'),
                    make_array(outlooks.hold_days_text)
                )
        end,
        case
            when outlooks.promise_days <> 0
                then filled_text(
                    phrase_book.promised_phrase,
                    make_array('promised_date', 'promise_days'),
                    make_array(
                        to_char(
                            outlooks.promised_date,
                            case
                                when outlooks.language_code = 'fr' then '%d/%m/%Y' else '%-d %b %Y'
                            end
                        ),
                        outlooks.promise_days_text
                    )
                )
        end,
        case when outlooks.is_part_paid then phrase_book.part_phrase end,
        case
            when item_balances.past_due_days > 0
                then filled_text(
                    phrase_book.overdue_phrase,
                    make_array('past_due_days'),
                    make_array(
                        number_text(item_balances.past_due_days, 0, outlooks.language_code)
                    )
                )
        end
    ) as why_text
from outlooks
cross join phrase_book
inner join known_items on outlooks.item_number = known_items.item_number
inner join item_balances on outlooks.item_number = item_balances.item_number
left join named
    on known_items.company_id = named.company_id
    and known_items.customer_id = named.customer_id
left join phrases on outlooks.habit_code = phrases.sentence_code
order by customer_id, due_date, item_id, company_id
