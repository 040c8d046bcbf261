-- customer_histories: what may be said to a customer beside what it owes.
--
-- grain:   one customer that owes or is owed something
-- key:     company_id, customer_id
-- source:  item_balances, customer_advances, message_states, promise_outcomes, settled_spells,
--          sentences
-- params:  $as_of date
-- columns:
--   company_id        text   whose receivables they are
--   customer_id       text   the customer
--   last_sent_date    date   when we wrote last; null where we never did
--   promised_date     date   the last promise that was not kept; null without
--   promised_amount   money  how much; null where it was not said
--   not_due_amount    money  what the customer owes that is not yet due; null without
--   credit_amount     money  credits and advances that nobody allocated, above zero; null without
--   settled_count     int    invoices paid in twelve months
--   on_time_count     int    of them by their due date
--   history_text_en   text   a true sentence about them, in English; null where none is kind
--   history_text_fr   text   the same in French

with payments as (
    select
        settled_spells.company_id,
        settled_spells.customer_id,
        count(*) as settled_count,
        count(*) filter (where settled_spells.settled_date <= settled_spells.due_date)
            as on_time_count
    from settled_spells
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
)

select
    sums.company_id,
    sums.customer_id,
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
    ) as history_text_fr
from sums
left join last_messages
    on sums.company_id = last_messages.company_id
    and sums.customer_id = last_messages.customer_id
left join broken_promises
    on sums.company_id = broken_promises.company_id
    and sums.customer_id = broken_promises.customer_id
    and broken_promises.promise_order = 1
left join customer_advances
    on sums.company_id = customer_advances.company_id
    and sums.customer_id = customer_advances.customer_id
left join payments
    on sums.company_id = payments.company_id
    and sums.customer_id = payments.customer_id
left join sentences on sentences.sentence_code = 'history.on_time'
