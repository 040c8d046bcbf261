-- forecast_caveats: what to know before the figures of a forecast are believed.
--
-- grain:   one caveat
-- key:     caveat_code
-- source:  forecast_evidence, sentences
-- params:  $language text
-- columns:
--   caveat_order  int   order in which they are told
--   caveat_code   text  which
--   caveat_text   text  the sentence, with its figures

with asked as (
    select cast($language as varchar) as language_code
)

select
    forecast_evidence.caveat_order,
    forecast_evidence.caveat_code,
    filled_text(
        case when asked.language_code = 'fr' then sentences.fr_text else sentences.en_text end,
        make_array('item_count', 'amount', 'payment_count', 'customer_count'),
        make_array(
            number_text(forecast_evidence.item_count, 0, asked.language_code),
            number_text(round(forecast_evidence.amount), 0, asked.language_code),
            number_text(forecast_evidence.payment_count, 0, asked.language_code),
            number_text(forecast_evidence.customer_count, 0, asked.language_code)
        )
    ) as caveat_text
from forecast_evidence
cross join asked
inner join sentences
    on sentences.sentence_code = concat('forecast.', forecast_evidence.caveat_code)
order by caveat_order, caveat_code
