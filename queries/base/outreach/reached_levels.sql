-- reached_levels: the level that each item was reminded at, by what was really sent.
--
-- grain:   one item on a message that was sent, or may have been, by $as_of
-- key:     item_number
-- source:  message_items, message_states, document_names
-- params:  $as_of date
-- columns:
--   item_number       int   the item, of known_items
--   level_order       int   the highest level sent; null where none was
--   sent_date         date  when that level was first sent
--   last_sent_date    date  when the last message that holds the item was sent
--   is_uncertain      flag  on a message of which nobody knows whether it was sent

with sent_items as (
    select
        document_names.item_number,
        message_items.level_order,
        message_states.sent_date,
        message_states.is_uncertain
    from message_items
    inner join message_states
        on coalesce(message_items.company_id, '') = message_states.company_id
        and message_items.message_id = message_states.message_id
    inner join document_names
        on message_states.company_id = document_names.company_id
        and message_items.item_id = document_names.name_text
        and message_states.customer_id = document_names.customer_id
    where message_states.sent_date is not null or message_states.is_uncertain
),

item_levels as (
    select
        sent_items.item_number,
        max(case when sent_items.sent_date is not null then sent_items.level_order end)
            as level_order,
        max(sent_items.sent_date) as last_sent_date,
        bool_or(sent_items.is_uncertain) as is_uncertain
    from sent_items
    group by sent_items.item_number
)

select
    item_levels.item_number,
    item_levels.level_order,
    min(sent_items.sent_date) as sent_date,
    item_levels.last_sent_date,
    item_levels.is_uncertain
from item_levels
left join sent_items
    on item_levels.item_number = sent_items.item_number
    and item_levels.level_order = sent_items.level_order
group by
    item_levels.item_number,
    item_levels.level_order,
    item_levels.last_sent_date,
    item_levels.is_uncertain
