-- reminder_facts: what a message of the plan may say of its customer beside the items.
--
-- grain:   one message
-- key:     message_id
-- source:  reminder_plan, reminder_items, reminder_parts, item_balances, item_details,
--          customer_advances, message_states, promise_outcomes, settled_spells, offers, sentences,
--          customers
-- params:  $as_of date
-- columns:
--   message_id         text   the message
--   address_text       text   the customer's postal address; null where unknown
--   is_public_body     flag   a public buyer: other penalties hold
--   salesperson_text   text   who sold the youngest item on it; null where unknown
--   last_sent_date     date   when we wrote last; null where we never did
--   promised_date      date   the last promise that was not kept; null without
--   promised_amount    money  how much; null where it was not said
--   not_due_amount     money  what the customer owes that is not yet due; null without
--   credit_amount      money  credits and advances that nobody allocated, above zero; null without
--   settled_count      int    invoices paid in twelve months
--   on_time_count      int    of them by their due date
--   history_text_en    text   a true sentence about them, in English; null where none is kind
--   history_text_fr    text   the same in French
--   offer_code         text   what it may offer; null where nothing, or something is contested
--   offer_text_en      text   in English
--   offer_text_fr      text   in French

with payments as (
    select
        settled_spells.company_id,
        settled_spells.customer_id,
        count(*) as settled_count,
        count(*) filter (where settled_spells.settled_date <= settled_spells.due_date)
            as on_time_count
    from settled_spells
    inner join reminder_plan
        on settled_spells.company_id = reminder_plan.company_id
        and settled_spells.customer_id = reminder_plan.customer_id
    where
        settled_spells.is_cash
        and settled_spells.until_date is null
        and settled_spells.due_date is not null
        and settled_spells.settled_date > $as_of - interval '12 months'
    group by settled_spells.company_id, settled_spells.customer_id
),

last_messages as (
    select
        message_states.company_id,
        message_states.customer_id,
        max(message_states.sent_date) as sent_date
    from message_states
    group by message_states.company_id, message_states.customer_id
),

broken_promises as (
    select
        promise_outcomes.company_id,
        promise_outcomes.customer_id,
        promise_outcomes.promised_date,
        promise_outcomes.promised_amount,
        row_number() over (
            partition by promise_outcomes.company_id, promise_outcomes.customer_id
            order by promise_outcomes.promised_date desc, promise_outcomes.action_id desc
        ) as promise_order
    from promise_outcomes
    where
        promise_outcomes.status_code in ('broken', 'partially_kept')
        and promise_outcomes.promised_date > $as_of - interval '60 days'
),

sums as (
    select
        item_balances.company_id,
        item_balances.customer_id,
        sum(
            case
                when item_balances.open_amount > 0 and item_balances.past_due_days <= 0
                    then item_balances.open_amount
                else 0
            end
        ) as not_due_amount,
        sum(case when item_balances.open_amount < 0 then -item_balances.open_amount else 0 end)
            as credit_amount
    from item_balances
    group by item_balances.company_id, item_balances.customer_id
),

contested as (
    select distinct
        reminder_parts.company_id,
        reminder_parts.customer_id
    from reminder_parts
    where reminder_parts.reason_code = 'disputed'
),

sellers as (
    select
        reminder_items.message_id,
        first_value(item_details.salesperson order by reminder_items.issued_date desc)
            as salesperson
    from reminder_items
    inner join item_balances
        on reminder_items.company_id = item_balances.company_id
        and reminder_items.item_id = item_balances.item_id
    inner join item_details on item_balances.item_number = item_details.item_number
    where item_details.salesperson is not null
    group by reminder_items.message_id
),

offer_matches as (
    select
        reminder_plan.message_id,
        min(offers.offer_order) as offer_order
    from reminder_plan
    left anti join contested
        on reminder_plan.company_id = contested.company_id
        and reminder_plan.customer_id = contested.customer_id
    cross join offers
    where
        (offers.segment_code is null or offers.segment_code = reminder_plan.segment_code)
        and (offers.tone_code is null or offers.tone_code = reminder_plan.tone_code)
        and (
            offers.minimum_amount is null
            or reminder_plan.overdue_amount >= offers.minimum_amount
        )
    group by reminder_plan.message_id
)

select
    reminder_plan.message_id,
    customers.address_text,
    coalesce(customers.is_public_body, false) as is_public_body,
    sellers.salesperson as salesperson_text,
    last_messages.sent_date as last_sent_date,
    broken_promises.promised_date,
    broken_promises.promised_amount,
    cast(nullif(sums.not_due_amount, 0) as decimal(21, 3)) as not_due_amount,
    cast(
        nullif(sums.credit_amount + coalesce(customer_advances.advance_amount, 0), 0)
        as decimal(21, 3)
    ) as credit_amount,
    coalesce(payments.settled_count, 0) as settled_count,
    coalesce(payments.on_time_count, 0) as on_time_count,
    filled_text(
        case
            when payments.settled_count >= 5
                and payments.on_time_count * 2 >= payments.settled_count
                then sentences.en_text
        end,
        make_array('settled_count', 'on_time_count'),
        make_array(
            cast(payments.settled_count as varchar), cast(payments.on_time_count as varchar)
        )
    ) as history_text_en,
    filled_text(
        case
            when payments.settled_count >= 5
                and payments.on_time_count * 2 >= payments.settled_count
                then sentences.fr_text
        end,
        make_array('settled_count', 'on_time_count'),
        make_array(
            cast(payments.settled_count as varchar), cast(payments.on_time_count as varchar)
        )
    ) as history_text_fr,
    offers.offer_code,
    offers.en_text as offer_text_en,
    offers.fr_text as offer_text_fr
from reminder_plan
left join customers
    on reminder_plan.company_id = coalesce(customers.company_id, '')
    and reminder_plan.customer_id = customers.customer_id
left join sellers on reminder_plan.message_id = sellers.message_id
left join last_messages
    on reminder_plan.company_id = last_messages.company_id
    and reminder_plan.customer_id = last_messages.customer_id
left join broken_promises
    on reminder_plan.company_id = broken_promises.company_id
    and reminder_plan.customer_id = broken_promises.customer_id
    and broken_promises.promise_order = 1
left join sums
    on reminder_plan.company_id = sums.company_id
    and reminder_plan.customer_id = sums.customer_id
left join customer_advances
    on reminder_plan.company_id = customer_advances.company_id
    and reminder_plan.customer_id = customer_advances.customer_id
left join payments
    on reminder_plan.company_id = payments.company_id
    and reminder_plan.customer_id = payments.customer_id
left join offer_matches on reminder_plan.message_id = offer_matches.message_id
left join offers on offer_matches.offer_order = offers.offer_order
left join sentences on sentences.sentence_code = 'history.on_time'
order by message_id
