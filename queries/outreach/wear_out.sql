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

with sent as (
    select
        messages_told.company_id,
        messages_told.customer_id,
        messages_told.message_id,
        messages_told.sent_date,
        messages_told.paid_14_amount > 0 as is_paid
    from messages_told
    where messages_told.sent_date is not null
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
)

select
    counts.before_count,
    counts.message_count,
    counts.paid_count,
    cast(cast(counts.paid_count as decimal(18, 6)) / counts.message_count as decimal(18, 6))
        as paid_ratio,
    wilson_bound(counts.paid_count, counts.message_count, false) as low_ratio,
    wilson_bound(counts.paid_count, counts.message_count, true) as high_ratio
from counts
order by before_count
