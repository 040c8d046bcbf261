-- reminder_plan: the messages that a run of this day would send, one a customer.
--
-- grain:   one message
-- key:     message_id
-- source:  reminder_parts, reminder_messages, message_states, customers, customer_policies
-- params:  none
-- columns:
--   company_id      text   whose receivables they are
--   customer_id     text   to whom
--   customer_name   text   its name, or its identifier where it has none
--   message_id      text   the same for customer, policy, level, day and channel
--   policy_code     text   the policy
--   variant_code    text   a, or b for the share that gets the variant tone
--   level_order     int    the highest level of its items; 0: before due; null: apologies
--   mode_code       text   automatic, approve or manual (a person chose it)
--   tone_code       text   which template
--   channel_code    text   through which channel
--   contact_id      text   the person; null where to nobody in particular
--   contact_name    text   its name
--   address_text    text   where to
--   language_code   text   in which language; null where nobody said
--   signer_id       text   who signs; null where nobody is named
--   has_penalties   flag   whether it names penalties
--   deadline_date   date   until when it asks for an answer; null where it sets no day
--   overdue_amount  money  what it asks for that is overdue, in the currency of the answer
--   not_due_amount  money  what it names that is not yet due
--   item_count      int    items on it
--   oldest_days     int    days past due of the oldest; null where it asks for nothing
--   segment_code    text   what the customer is to us
--   status_code     text   the furthest event of a message with this id; null where there is none

with messages_asked as (
    select
        reminder_parts.message_id,
        sum(case when reminder_parts.past_due_days > 0 then reminder_parts.amount else 0 end)
            as overdue_amount,
        sum(case when reminder_parts.past_due_days > 0 then 0 else reminder_parts.amount end)
            as not_due_amount,
        count(*) as item_count,
        max(reminder_parts.past_due_days) as oldest_days
    from reminder_parts
    where reminder_parts.message_id is not null
    group by reminder_parts.message_id
),

-- who is asked for something is told of its queries in the same message
customers_asked as (
    select distinct
        reminder_parts.company_id,
        reminder_parts.customer_id
    from reminder_parts
    where reminder_parts.message_id is not null
)

select
    reminder_messages.company_id,
    reminder_messages.customer_id,
    coalesce(customers.name, reminder_messages.customer_id) as customer_name,
    reminder_messages.message_id,
    reminder_messages.policy_code,
    reminder_messages.variant_code,
    reminder_messages.level_order,
    reminder_messages.mode_code,
    reminder_messages.tone_code,
    reminder_messages.channel_code,
    reminder_messages.contact_id,
    reminder_messages.contact_name,
    reminder_messages.address_text,
    reminder_messages.language_code,
    reminder_messages.signer_id,
    reminder_messages.has_penalties,
    reminder_messages.deadline_date,
    cast(coalesce(messages_asked.overdue_amount, 0) as decimal(21, 3)) as overdue_amount,
    cast(coalesce(messages_asked.not_due_amount, 0) as decimal(21, 3)) as not_due_amount,
    coalesce(messages_asked.item_count, 0) as item_count,
    messages_asked.oldest_days,
    customer_policies.segment_code,
    message_states.status_code
from reminder_messages
left join messages_asked on reminder_messages.message_id = messages_asked.message_id
left join customers_asked
    on reminder_messages.company_id = customers_asked.company_id
    and reminder_messages.customer_id = customers_asked.customer_id
left join customers
    on reminder_messages.company_id = coalesce(customers.company_id, '')
    and reminder_messages.customer_id = customers.customer_id
left join customer_policies
    on reminder_messages.company_id = customer_policies.company_id
    and reminder_messages.customer_id = customer_policies.customer_id
left join message_states
    on reminder_messages.company_id = message_states.company_id
    and reminder_messages.message_id = message_states.message_id
where
    messages_asked.message_id is not null
    or (
        reminder_messages.is_apology
        and reminder_messages.reason_code is null
        and customers_asked.customer_id is null
    )
order by overdue_amount desc, company_id, customer_id
