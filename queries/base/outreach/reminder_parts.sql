-- reminder_parts: what is overdue or about to be, each part on a message or left out with a reason.
--
-- grain:   one part of an open item: on a message, or of one reason
-- key:     item_number, reason_code
-- source:  item_balances, work_items, reminder_candidates, reminder_messages, reminder_levels
-- params:  none
-- columns:
--   item_number    int    the item, of known_items
--   company_id     text   whose receivables they are
--   customer_id    text   who owes
--   item_id        text   the item
--   past_due_days  int    as item_balances; null where unknown
--   amount         money  the part, in the currency of the answer; overdue parts sum to overdue
--   asked_amount   money  what the message asks for, in the item's currency; null where left out
--   currency_code  text   the item's own currency; null where left out
--   message_id     text   the message; null where left out
--   level_order    int    the item's level on it; null where left out
--   reason_code    text   why it is left out; empty where it is on a message
--   until_date     date   until when, where that is known
--   detail_text    text   by whom, or which channels miss an address

-- Not yet due items are here where a message names them; what is left out of them is nobody's loss.
with held_parts as (
    select
        work_items.item_number,
        work_items.company_id,
        work_items.customer_id,
        work_items.item_id,
        work_items.past_due_days,
        unnest(make_array(
            work_items.contested_amount,
            work_items.promised_amount,
            work_items.received_amount,
            work_items.advanced_amount
        )) as amount,
        unnest(make_array(
            'disputed',
            case when work_items.is_announced then 'announced' else 'promise_waits' end,
            'cash_unallocated',
            'credit_covers'
        )) as reason_code,
        unnest(make_array(
            cast(null as date), work_items.verdict_date, cast(null as date), cast(null as date)
        )) as until_date,
        unnest(make_array(work_items.owner, null, null, null)) as detail_text
    from work_items
    where work_items.past_due_days > 0
),

free_parts as (
    select
        reminder_candidates.item_number,
        reminder_candidates.company_id,
        reminder_candidates.customer_id,
        reminder_candidates.item_id,
        reminder_candidates.past_due_days,
        reminder_candidates.free_amount as amount,
        reminder_candidates.asked_amount,
        reminder_candidates.currency_code,
        reminder_candidates.level_order,
        reminder_messages.message_id,
        case
            when reminder_candidates.reason_code is not null
                then reminder_candidates.reason_code
            when reminder_candidates.level_order is null then 'levels_done'
            when reminder_candidates.level_order = 0 and reminder_messages.level_order > 0
                then 'not_yet'
            when reminder_candidates.is_ordered or (
                reminder_candidates.is_reached and reminder_levels.mode_code <> 'manual'
            )
                then coalesce(reminder_messages.reason_code, '')
            when reminder_candidates.is_reached then 'manual_only'
            else 'not_yet'
        end as reason_code,
        case
            when reminder_candidates.reason_code is not null
                then reminder_candidates.until_date
        end as until_date,
        case
            when reminder_candidates.reason_code is not null
                then reminder_candidates.detail_text
            else reminder_messages.detail_text
        end as detail_text
    from reminder_candidates
    left join reminder_levels
        on reminder_candidates.policy_code = reminder_levels.policy_code
        and reminder_candidates.level_order = reminder_levels.level_order
    left join reminder_messages
        on reminder_candidates.company_id = reminder_messages.company_id
        and reminder_candidates.customer_id = reminder_messages.customer_id
        and not reminder_messages.is_apology
)

select
    held_parts.item_number,
    held_parts.company_id,
    held_parts.customer_id,
    held_parts.item_id,
    held_parts.past_due_days,
    held_parts.amount,
    cast(null as decimal(21, 3)) as asked_amount,
    cast(null as varchar) as currency_code,
    cast(null as varchar) as message_id,
    cast(null as bigint) as level_order,
    held_parts.reason_code,
    held_parts.until_date,
    held_parts.detail_text
from held_parts
where held_parts.amount <> 0
union all
select
    item_balances.item_number,
    item_balances.company_id,
    item_balances.customer_id,
    item_balances.item_id,
    cast(item_balances.past_due_days as bigint) as past_due_days,
    item_balances.open_amount as amount,
    cast(null as decimal(21, 3)) as asked_amount,
    cast(null as varchar) as currency_code,
    cast(null as varchar) as message_id,
    cast(null as bigint) as level_order,
    'credit_item' as reason_code,
    cast(null as date) as until_date,
    cast(null as varchar) as detail_text
from item_balances
where
    item_balances.past_due_days > 0
    and not (item_balances.is_debit and item_balances.open_amount > 0)
union all
select
    free_parts.item_number,
    free_parts.company_id,
    free_parts.customer_id,
    free_parts.item_id,
    free_parts.past_due_days,
    free_parts.amount,
    case when free_parts.reason_code = '' then free_parts.asked_amount end as asked_amount,
    case when free_parts.reason_code = '' then free_parts.currency_code end as currency_code,
    case when free_parts.reason_code = '' then free_parts.message_id end as message_id,
    case when free_parts.reason_code = '' then free_parts.level_order end as level_order,
    free_parts.reason_code,
    free_parts.until_date,
    case
        when free_parts.reason_code in ('blocked', 'no_contact', 'opted_out')
            then free_parts.detail_text
    end as detail_text
from free_parts
where free_parts.past_due_days > 0 or free_parts.reason_code = ''
