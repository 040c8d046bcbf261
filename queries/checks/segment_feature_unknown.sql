-- segment_feature_unknown: conditions of segments on a feature or rule that is not there.
--
-- grain:   one line of segment_conditions that can never hold
-- key:     rule_code, feature_code, codes_text
-- source:  segment_conditions, segments, payer_features
-- params:  none
-- columns:
--   rule_code     text  the rule it belongs to
--   feature_code  text  the feature it names
--   codes_text    text  the codes it wants; null for numbers
-- fault:   a rule of segments names a feature or belongs to a rule that nobody knows
-- todo:    correct segment_conditions.csv; payer_features lists what a rule may name

select distinct
    segment_conditions.rule_code,
    segment_conditions.feature_code,
    segment_conditions.codes_text
from segment_conditions
left join segments on segment_conditions.rule_code = segments.rule_code
left join payer_features on segment_conditions.feature_code = payer_features.feature_code
where
    segments.rule_code is null
    or payer_features.feature_code is null
    or payer_features.has_codes is distinct from (segment_conditions.codes_text is not null)
order by rule_code, feature_code, codes_text
