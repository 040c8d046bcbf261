-- reminder_facts: what a message of the plan may say of its customer beside the items.
--
-- grain:   one message
-- key:     message_id
-- source:  reminder_plan, reminder_items, reminder_parts, item_balances, item_details,
--          customer_histories, offers, customers
-- params:  none
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

with contested as (
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
    customer_histories.last_sent_date,
    customer_histories.promised_date,
    customer_histories.promised_amount,
    customer_histories.not_due_amount,
    customer_histories.credit_amount,
    coalesce(customer_histories.settled_count, 0) as settled_count,
    coalesce(customer_histories.on_time_count, 0) as on_time_count,
    customer_histories.history_text_en,
    customer_histories.history_text_fr,
    offers.offer_code,
    offers.en_text as offer_text_en,
    offers.fr_text as offer_text_fr
from reminder_plan
left join customers
    on reminder_plan.company_id = coalesce(customers.company_id, '')
    and reminder_plan.customer_id = customers.customer_id
left join sellers on reminder_plan.message_id = sellers.message_id
left join customer_histories
    on reminder_plan.company_id = customer_histories.company_id
    and reminder_plan.customer_id = customer_histories.customer_id
left join offer_matches on reminder_plan.message_id = offer_matches.message_id
left join offers on offer_matches.offer_order = offers.offer_order
order by message_id
