-- channel_performance: what came of messages, by channel, level, segment, tone and variant.
--
-- grain:   one channel, level, segment, tone and variant of messages in twelve months
-- key:     channel_code, level_order, segment_code, tone_code, variant_code
-- source:  messages_told, payer_segments, channels
-- params:  $as_of date
-- columns:
--   channel_code      text   how they went
--   level_order       int    their level
--   segment_code      text   what the customers are to us today; null where unknown
--   tone_code         text   their template
--   variant_code      text   a, b, or hold_out: those that were left alone
--   message_count     int    messages that arrived, or were left unsent on purpose
--   undone_count      int    messages that did not arrive
--   delivered_count   int    of them known to be delivered
--   read_count        int    of them known to be opened: received is not read
--   replied_count     int    of them answered
--   judged_count      int    messages whose 14 days are over: the next columns are of them
--   paid_count        int    of them with something paid within 14 days
--   asked_amount      money  what they asked for
--   paid_7_amount     money  of it, paid in full by cash within 7 days
--   paid_14_amount    money  within 14 days
--   paid_30_amount    money  within 30 days
--   paid_14_ratio     ratio  paid within 14 days, of what was asked
--   cost_amount       money  what they cost

-- A message is judged once its 14 days are over, whatever came of it.
with told as (
    select
        messages_told.company_id,
        messages_told.message_id,
        messages_told.channel_code,
        messages_told.level_order,
        messages_told.tone_code,
        payer_segments.segment_code,
        case
            when messages_told.status_code = 'held_out' then 'hold_out'
            else coalesce(messages_told.variant_code, 'a')
        end as variant_code,
        messages_told.from_date is not null as is_told,
        messages_told.is_undone,
        messages_told.delivered_date,
        messages_told.read_date,
        messages_told.replied_date,
        $as_of - messages_told.from_date >= 14 as is_judged,
        messages_told.asked_amount,
        messages_told.paid_7_amount,
        messages_told.paid_14_amount,
        messages_told.paid_30_amount
    from messages_told
    left join payer_segments
        on messages_told.company_id = payer_segments.company_id
        and messages_told.customer_id = payer_segments.customer_id
        and payer_segments.picture_date = $as_of
    where
        messages_told.run_date > $as_of - interval '12 months'
        -- apologies and declarations ask nobody to pay
        and messages_told.level_order is not null
)

select
    told.channel_code,
    told.level_order,
    told.segment_code,
    told.tone_code,
    told.variant_code,
    count(*) filter (where told.is_told) as message_count,
    count(*) filter (where told.is_undone) as undone_count,
    count(told.delivered_date) as delivered_count,
    count(told.read_date) as read_count,
    count(told.replied_date) as replied_count,
    count(*) filter (where told.is_judged) as judged_count,
    count(*) filter (where told.is_judged and told.paid_14_amount > 0) as paid_count,
    cast(sum(case when told.is_judged then told.asked_amount else 0 end) as decimal(21, 3))
        as asked_amount,
    cast(sum(case when told.is_judged then told.paid_7_amount else 0 end) as decimal(21, 3))
        as paid_7_amount,
    cast(sum(case when told.is_judged then told.paid_14_amount else 0 end) as decimal(21, 3))
        as paid_14_amount,
    cast(sum(case when told.is_judged then told.paid_30_amount else 0 end) as decimal(21, 3))
        as paid_30_amount,
    cast(
        cast(sum(case when told.is_judged then told.paid_14_amount else 0 end) as decimal(38, 6))
        / nullif(sum(case when told.is_judged then told.asked_amount else 0 end), 0)
        as decimal(18, 6)
    ) as paid_14_ratio,
    cast(
        coalesce(min(channels.cost_amount), 0)
        * count(*) filter (where told.is_told and told.variant_code <> 'hold_out')
        as decimal(21, 3)
    ) as cost_amount
from told
left join channels on told.channel_code = channels.channel_code
where told.is_told or told.is_undone
group by
    told.channel_code,
    told.level_order,
    told.segment_code,
    told.tone_code,
    told.variant_code
order by channel_code, level_order, segment_code, tone_code, variant_code
