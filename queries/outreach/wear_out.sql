-- wear_out: how customers respond to a message by how many they had in the 90 days before.
--
-- grain:   one number of messages before
-- key:     before_count
-- source:  messages_told
-- params:  $as_of date
-- columns:
--   before_count    int    messages that the customer was sent in the 90 days before
--   message_count   int    messages sent, 14 days or more ago, within twelve months
--   paid_count      int    of them with something paid within 14 days
--   paid_ratio      ratio  of them
--   low_ratio       ratio  the lower end of its 95 % interval (Wilson)
--   high_ratio      ratio  the upper end
--   helps           flag   customers with so many messages before, or more, still pay more often
--                          than those left alone: the interval of the difference says so; null
--                          where nobody was left alone

with sent as (
    select
        messages_told.company_id,
        messages_told.customer_id,
        messages_told.message_id,
        messages_told.sent_date,
        messages_told.paid_14_amount > 0 as is_paid
    from messages_told
    where messages_told.sent_date is not null and messages_told.level_order is not null
),

counted as (
    select
        sent.company_id,
        sent.message_id,
        sent.is_paid,
        count(earlier.message_id) as before_count
    from sent
    left join sent as earlier
        on sent.company_id = earlier.company_id
        and sent.customer_id = earlier.customer_id
        and sent.sent_date > earlier.sent_date
        and sent.sent_date - earlier.sent_date <= 90
    where
        sent.sent_date > $as_of - interval '12 months' and $as_of - sent.sent_date >= 14
    group by sent.company_id, sent.message_id, sent.is_paid
),

counts as (
    select
        counted.before_count,
        count(*) as message_count,
        count(*) filter (where counted.is_paid) as paid_count
    from counted
    group by counted.before_count
),

-- what those do who get no message at all
held as (
    select
        count(*) as held_count,
        count(*) filter (where messages_told.paid_14_amount > 0) as held_paid_count
    from messages_told
    where
        messages_told.status_code = 'held_out'
        and messages_told.from_date > $as_of - interval '12 months'
        and $as_of - messages_told.from_date >= 14
),

-- so many and more: where few had so many, all of them tell more than each number alone
pooled as (
    select
        counts.before_count,
        counts.message_count,
        counts.paid_count,
        sum(counts.message_count) over (order by counts.before_count desc) as pooled_count,
        sum(counts.paid_count) over (order by counts.before_count desc) as pooled_paid_count
    from counts
)

select
    pooled.before_count,
    pooled.message_count,
    pooled.paid_count,
    cast(cast(pooled.paid_count as decimal(18, 6)) / pooled.message_count as decimal(18, 6))
        as paid_ratio,
    wilson_bound(pooled.paid_count, pooled.message_count, false) as low_ratio,
    wilson_bound(pooled.paid_count, pooled.message_count, true) as high_ratio,
    difference_bound(
        pooled.pooled_paid_count,
        pooled.pooled_count,
        held.held_paid_count,
        held.held_count,
        false
    ) > 0 as helps
from pooled
cross join held
order by before_count
