-- call_guides: what a call of the day starts from: whom, about how much, in which tone.
--
-- grain:   one line to be done by telephone
-- key:     message_id
-- source:  worklist, customer_histories, customer_policies, reminder_levels, open_contests, offers
-- params:  none
-- columns:
--   message_id        text   the line of the worklist
--   company_id        text   whose receivables they are
--   customer_id       text   who owes
--   customer_name     text   as on the list
--   assignee_id       text   who calls
--   signer_name       text   by which name; null where nobody told it
--   tone_code         text   before_due, friendly, reminder or last_reminder, by the days past due
--   contact_name      text   whom to ask for
--   address_text      text   the number
--   oldest_days       int    days past due of the oldest
--   last_sent_date    date   when we wrote last; null where we never did
--   promised_date     date   the last promise that was not kept; null without
--   promised_amount   money  how much; null where it was not said
--   not_due_amount    money  what the customer owes that is not yet due; null without
--   credit_amount     money  credits and advances that nobody allocated; null without
--   history_text_en   text   a true sentence about its payments; null where none is kind
--   history_text_fr   text   the same in French
--   offer_text_en     text   what may be offered; null where nothing, or something is contested
--   offer_text_fr     text   in French
--   guide_text        text   the guide itself, once it is written

with calls as (
    select
        worklist.line_id,
        worklist.company_id,
        worklist.customer_id,
        worklist.customer_name,
        worklist.assignee_id,
        worklist.assignee_name,
        worklist.contact_name,
        worklist.phone_text,
        worklist.oldest_days,
        worklist.overdue_amount,
        worklist.rank_order,
        customer_policies.policy_code,
        customer_policies.segment_code
    from worklist
    left join customer_policies
        on worklist.company_id = customer_policies.company_id
        and worklist.customer_id = customer_policies.customer_id
    where worklist.status_code = 'act' and worklist.channel_code = 'phone'
        and (worklist.block_code = 'collect' or worklist.reason_code = 'pre_due')
),

-- a person speaks no sterner than the last level of reminders whose day has come
tones as (
    select
        calls.line_id,
        max(reminder_levels.level_order) as level_order
    from calls
    inner join reminder_levels
        on calls.policy_code = reminder_levels.policy_code
        and reminder_levels.trigger_code = 'days'
        and reminder_levels.trigger_days <= calls.oldest_days
    where reminder_levels.tone_code in ('friendly', 'reminder', 'last_reminder')
    group by calls.line_id
),

contesting as (
    select distinct
        open_contests.company_id,
        open_contests.customer_id
    from open_contests
),

offer_matches as (
    select
        calls.line_id,
        min(offers.offer_order) as offer_order
    from calls
    left anti join contesting
        on calls.company_id = contesting.company_id
        and calls.customer_id = contesting.customer_id
    cross join offers
    where
        offers.tone_code is null
        and (offers.segment_code is null or offers.segment_code = calls.segment_code)
        and (offers.minimum_amount is null or calls.overdue_amount >= offers.minimum_amount)
    group by calls.line_id
)

select
    calls.line_id as message_id,
    calls.company_id,
    calls.customer_id,
    calls.customer_name,
    calls.assignee_id,
    nullif(calls.assignee_name, calls.assignee_id) as signer_name,
    case
        when calls.overdue_amount = 0 then 'before_due'
        else coalesce(reminder_levels.tone_code, 'friendly')
    end as tone_code,
    calls.contact_name,
    calls.phone_text as address_text,
    calls.oldest_days,
    customer_histories.last_sent_date,
    customer_histories.promised_date,
    customer_histories.promised_amount,
    customer_histories.not_due_amount,
    customer_histories.credit_amount,
    customer_histories.history_text_en,
    customer_histories.history_text_fr,
    offers.en_text as offer_text_en,
    offers.fr_text as offer_text_fr,
    cast(null as varchar) as guide_text
from calls
left join tones on calls.line_id = tones.line_id
left join reminder_levels
    on calls.policy_code = reminder_levels.policy_code
    and tones.level_order = reminder_levels.level_order
left join customer_histories
    on calls.company_id = customer_histories.company_id
    and calls.customer_id = customer_histories.customer_id
left join offer_matches on calls.line_id = offer_matches.line_id
left join offers on offer_matches.offer_order = offers.offer_order
order by calls.assignee_id, calls.rank_order, calls.line_id
