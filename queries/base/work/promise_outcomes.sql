-- promise_outcomes: what became of each promise to pay, told by cash and never typed.
--
-- grain:   one action in which a customer promised to pay on a day
-- key:     company_id, action_id
-- source:  actions, known_items, payer_thresholds
-- params:  $as_of date
-- columns:
--   company_id       text   empty where the lake holds none
--   action_id        text   the action
--   customer_id      text   who promised
--   collector_id     text   to whom
--   item_id          text   for which item, by identifier or document; null for all that was due
--   action_date      date   when
--   promised_date    date   until when
--   verdict_date     date   the end of the tolerance: from then on a promise is kept or broken
--   promised_amount  money  how much; null where it was not said
--   received_amount  money  receipts from the promise to that day, each counted once, oldest first;
--                           null where no amount was said
--   status_code      text   open, kept, partially_kept or broken

with promises as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.action_id,
        actions.customer_id,
        actions.collector_id,
        actions.item_id,
        actions.action_date,
        actions.promised_date,
        cast(
            cast(actions.promised_date as int) + cast(payer_thresholds.promise_grace_days as int)
            as date
        ) as verdict_date,
        actions.promised_amount,
        payer_thresholds.promise_part_ratio,
        row_number() over (
            partition by coalesce(actions.company_id, ''), actions.customer_id
            order by actions.promised_date, actions.action_date, actions.action_id
        ) as promise_order
    from actions
    cross join payer_thresholds
    where actions.promised_date is not null and actions.action_date <= $as_of
),

promise_lists as (
    select
        promises.company_id,
        promises.customer_id,
        array_agg(promises.action_id order by promises.promise_order) as action_ids,
        array_agg(promises.action_date order by promises.promise_order) as first_dates,
        array_agg(promises.verdict_date order by promises.promise_order) as last_dates,
        array_agg(
            coalesce(promises.promised_amount, cast(0.01 as decimal(18, 2)))
            order by promises.promise_order
        ) as amounts
    from promises
    group by promises.company_id, promises.customer_id
),

receipt_lists as (
    select
        known_items.company_id,
        known_items.customer_id,
        array_agg(known_items.posted_date order by known_items.posted_date, known_items.item_id)
            as posted_dates,
        array_agg(-known_items.answer_amount order by known_items.posted_date, known_items.item_id)
            as amounts
    from known_items
    where known_items.kind = 'receipt' and known_items.answer_amount < 0
    group by known_items.company_id, known_items.customer_id
),

received_lists as (
    select
        promise_lists.company_id,
        promise_lists.action_ids,
        received_in_turn(
            promise_lists.first_dates,
            promise_lists.last_dates,
            promise_lists.amounts,
            receipt_lists.posted_dates,
            receipt_lists.amounts
        ) as received_amounts
    from promise_lists
    left join receipt_lists
        on promise_lists.company_id = receipt_lists.company_id
        and promise_lists.customer_id = receipt_lists.customer_id
),

received as (
    select
        received_lists.company_id,
        unnest(received_lists.action_ids) as action_id,
        unnest(received_lists.received_amounts) as received_amount
    from received_lists
)

select
    promises.company_id,
    promises.action_id,
    promises.customer_id,
    promises.collector_id,
    promises.item_id,
    promises.action_date,
    promises.promised_date,
    promises.verdict_date,
    promises.promised_amount,
    case when promises.promised_amount is not null then received.received_amount end
        as received_amount,
    case
        when
            received.received_amount
            >= coalesce(promises.promised_amount, cast(0.01 as decimal(18, 2)))
            then 'kept'
        when $as_of < promises.verdict_date then 'open'
        when received.received_amount >= promises.promised_amount * promises.promise_part_ratio
            then 'partially_kept'
        else 'broken'
    end as status_code
from promises
inner join received
    on promises.company_id = received.company_id
    and promises.action_id = received.action_id
