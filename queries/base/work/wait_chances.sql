-- wait_chances: how likely an overdue item is paid within the horizon of a contact if nobody acts.
--
-- grain:   one overdue item with something free to be chased
-- key:     item_number
-- source:  work_items, payer_lateness, payer_segments, work_settings
-- params:  $as_of date
-- columns:
--   item_number   int    the item, of known_items
--   customer_id   text   who owes
--   wait_ratio    ratio  chance of being paid within response_days without a contact
--   elder_count   int    items of the payer's last 12 months that were this late and still unpaid

-- Of the items that were as late as this one and still unpaid, how many were paid in the days that
-- followed: the payer's own, and as many as prior_count of its segment's, so that three items of
-- history are no certainty. What is past due now and was still open after those days counts too.
with segmented as (
    select
        payer_segments.customer_id,
        payer_segments.segment_code
    from payer_segments
    where payer_segments.picture_date = $as_of
),

ages as (
    select distinct
        work_items.customer_id,
        segmented.segment_code,
        work_items.past_due_days
    from work_items
    inner join segmented on work_items.customer_id = segmented.customer_id
    where work_items.free_amount > 0 and work_items.past_due_days > 0
),

histories as (
    select
        payer_lateness.customer_id,
        payer_lateness.late_days,
        payer_lateness.is_open,
        count(*) as item_count
    from payer_lateness
    where payer_lateness.picture_date = $as_of and payer_lateness.late_days > 0
    group by payer_lateness.customer_id, payer_lateness.late_days, payer_lateness.is_open
),

segment_histories as (
    select
        segmented.segment_code,
        histories.late_days,
        histories.is_open,
        sum(histories.item_count) as item_count
    from histories
    inner join segmented on histories.customer_id = segmented.customer_id
    group by segmented.segment_code, histories.late_days, histories.is_open
),

segment_chances as (
    select
        segment_ages.segment_code,
        segment_ages.past_due_days,
        sum(
            case
                when
                    not segment_histories.is_open
                    and segment_histories.late_days
                    <= segment_ages.past_due_days + work_settings.response_days
                    then segment_histories.item_count
                else 0
            end
        ) as paid_count,
        sum(
            case
                when
                    not segment_histories.is_open
                    or segment_histories.late_days
                    > segment_ages.past_due_days + work_settings.response_days
                    then segment_histories.item_count
                else 0
            end
        ) as elder_count
    from (
        select distinct
            ages.segment_code,
            ages.past_due_days
        from ages
    ) as segment_ages
    cross join work_settings
    inner join segment_histories
        on segment_ages.segment_code = segment_histories.segment_code
        and segment_ages.past_due_days < segment_histories.late_days
    group by segment_ages.segment_code, segment_ages.past_due_days
),

own_chances as (
    select
        ages.customer_id,
        ages.past_due_days,
        sum(
            case
                when
                    not histories.is_open
                    and histories.late_days <= ages.past_due_days + work_settings.response_days
                    then histories.item_count
                else 0
            end
        ) as paid_count,
        sum(
            case
                when
                    not histories.is_open
                    or histories.late_days > ages.past_due_days + work_settings.response_days
                    then histories.item_count
                else 0
            end
        ) as elder_count
    from ages
    cross join work_settings
    inner join histories
        on ages.customer_id = histories.customer_id
        and ages.past_due_days < histories.late_days
    group by ages.customer_id, ages.past_due_days
)

select
    work_items.item_number,
    work_items.customer_id,
    cast(
        (
            coalesce(own_chances.paid_count, 0)
            + work_settings.prior_count
            * cast(coalesce(segment_chances.paid_count, 0) as decimal(38, 12))
            / (coalesce(segment_chances.elder_count, 0) + 2)
        ) / (coalesce(own_chances.elder_count, 0) + work_settings.prior_count) as decimal(18, 6)
    ) as wait_ratio,
    coalesce(own_chances.elder_count, 0) as elder_count
from work_items
cross join work_settings
left join own_chances
    on work_items.customer_id = own_chances.customer_id
    and work_items.past_due_days = own_chances.past_due_days
left join segmented on work_items.customer_id = segmented.customer_id
left join segment_chances
    on segmented.segment_code = segment_chances.segment_code
    and work_items.past_due_days = segment_chances.past_due_days
where work_items.free_amount > 0 and work_items.past_due_days > 0
