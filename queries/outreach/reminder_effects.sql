-- reminder_effects: what reminders do, against customers left alone; a variant against the usual.
--
-- grain:   one level and comparison
-- key:     level_order, comparison_code
-- source:  messages_told
-- params:  $as_of date
-- columns:
--   level_order       int    the level
--   comparison_code   text   sent_against_held_out, or variant_against_usual
--   message_count     int    messages judged: 14 days or more ago, within twelve months
--   paid_count        int    of them with something paid within 14 days
--   other_count       int    those they are held against
--   other_paid_count  int    of them with something paid within 14 days
--   difference_ratio  ratio  share paid, less the others' share; null without the others
--   low_ratio         ratio  the lower end of its 95 % interval (Newcombe)
--   high_ratio        ratio  the upper end
--   has_evidence      flag   the interval leaves no room for no difference; null without the others

-- Who is left alone, and who gets the variant, was drawn: so the difference is the reminder's.
-- Without such a draw what followed a message is no proof of it.
with judged as (
    select
        messages_told.level_order,
        case
            when messages_told.status_code = 'held_out' then 'hold_out'
            else coalesce(messages_told.variant_code, 'a')
        end as variant_code,
        messages_told.paid_14_amount > 0 as is_paid
    from messages_told
    where
        messages_told.from_date is not null
        and messages_told.level_order is not null
        and not messages_told.is_undone
        and $as_of - messages_told.from_date >= 14
        and messages_told.run_date > $as_of - interval '12 months'
),

counts as (
    select
        judged.level_order,
        count(*) filter (where judged.variant_code = 'a') as usual_count,
        count(*) filter (where judged.variant_code = 'a' and judged.is_paid) as usual_paid_count,
        count(*) filter (where judged.variant_code = 'b') as variant_count,
        count(*) filter (where judged.variant_code = 'b' and judged.is_paid)
            as variant_paid_count,
        count(*) filter (where judged.variant_code = 'hold_out') as held_count,
        count(*) filter (where judged.variant_code = 'hold_out' and judged.is_paid)
            as held_paid_count
    from judged
    group by judged.level_order
),

pairs as (
    select
        counts.level_order,
        'sent_against_held_out' as comparison_code,
        counts.usual_count + counts.variant_count as message_count,
        counts.usual_paid_count + counts.variant_paid_count as paid_count,
        counts.held_count as other_count,
        counts.held_paid_count as other_paid_count
    from counts
    union all
    select
        counts.level_order,
        'variant_against_usual' as comparison_code,
        counts.variant_count as message_count,
        counts.variant_paid_count as paid_count,
        counts.usual_count as other_count,
        counts.usual_paid_count as other_paid_count
    from counts
    where counts.variant_count > 0
)

select
    pairs.level_order,
    pairs.comparison_code,
    pairs.message_count,
    pairs.paid_count,
    pairs.other_count,
    pairs.other_paid_count,
    cast(
        cast(pairs.paid_count as decimal(18, 6)) / nullif(pairs.message_count, 0)
        - cast(pairs.other_paid_count as decimal(18, 6)) / nullif(pairs.other_count, 0)
        as decimal(18, 6)
    ) as difference_ratio,
    difference_bound(
        pairs.paid_count, pairs.message_count, pairs.other_paid_count, pairs.other_count, false
    ) as low_ratio,
    difference_bound(
        pairs.paid_count, pairs.message_count, pairs.other_paid_count, pairs.other_count, true
    ) as high_ratio,
    difference_bound(
        pairs.paid_count, pairs.message_count, pairs.other_paid_count, pairs.other_count, false
    ) > 0
    or difference_bound(
        pairs.paid_count, pairs.message_count, pairs.other_paid_count, pairs.other_count, true
    ) < 0 as has_evidence
from pairs
order by level_order, comparison_code
