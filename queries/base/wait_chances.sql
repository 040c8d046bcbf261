-- wait_chances: how likely an overdue item is paid within the horizon of a contact if nobody acts.
--
-- grain:   one overdue item with something free to be chased
-- key:     item_number
-- source:  work_items, payer_lateness, work_settings
-- params:  $as_of date
-- columns:
--   item_number   int    the item, of known_items
--   customer_id   text   who owes
--   wait_ratio    ratio  chance of being paid within response_days without a contact
--   elder_count   int    items of the payer's last 12 months that were this late and still unpaid

-- Of the items that were as late as this one and still unpaid, how many were paid in the days that
-- followed: the payer's own, and as many as prior_count of all payers', so that three items of
-- history are no certainty. What is past due now and was still open after those days counts too.
with ages as (
    select distinct
        work_items.customer_id,
        work_items.past_due_days
    from work_items
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

all_histories as (
    select
        histories.late_days,
        histories.is_open,
        sum(histories.item_count) as item_count
    from histories
    group by histories.late_days, histories.is_open
),

all_chances as (
    select
        all_ages.past_due_days,
        sum(
            case
                when
                    not all_histories.is_open
                    and all_histories.late_days
                    <= all_ages.past_due_days + work_settings.response_days
                    then all_histories.item_count
                else 0
            end
        ) as paid_count,
        sum(
            case
                when
                    not all_histories.is_open
                    or all_histories.late_days
                    > all_ages.past_due_days + work_settings.response_days
                    then all_histories.item_count
                else 0
            end
        ) as elder_count
    from (
        select distinct ages.past_due_days
        from ages
    ) as all_ages
    cross join work_settings
    inner join all_histories on all_ages.past_due_days < all_histories.late_days
    group by all_ages.past_due_days
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
            * cast(coalesce(all_chances.paid_count, 0) as decimal(38, 12))
            / (coalesce(all_chances.elder_count, 0) + 2)
        ) / (coalesce(own_chances.elder_count, 0) + work_settings.prior_count) as decimal(18, 6)
    ) as wait_ratio,
    coalesce(own_chances.elder_count, 0) as elder_count
from work_items
cross join work_settings
left join own_chances
    on work_items.customer_id = own_chances.customer_id
    and work_items.past_due_days = own_chances.past_due_days
left join all_chances on work_items.past_due_days = all_chances.past_due_days
where work_items.free_amount > 0 and work_items.past_due_days > 0
