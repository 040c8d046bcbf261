-- claims: what customers owe or owed, as a forecast of receipts looks at it.
--
-- grain:   one claim of known_items: issued after $remembered_from, or open after $looked_from
-- key:     item_number
-- source:  known_items, maybe_open_items, even_closings, told_details, listed_items, list_spans
-- params:  $as_of date, $looked_from date, $remembered_from date
-- kept:    no
-- columns:
--   item_number      int    the item, of known_items
--   company_id       text   empty where the lake holds none
--   item_id          text   identifier, stable across loads
--   customer_id      text   who owes
--   role_code        text   role of its account; null where unknown
--   currency_code    text   currency of the item
--   billing_channel  text   how the document was sent, as its own line says; null where unknown
--   site             text   where goods left from; null where unknown
--   product_line     text   what was sold; null where unknown
--   issued_date      date   date of the document
--   posted_date      date   from which the item counts
--   due_date         date   null where unknown
--   amount           money  in the answer's currency
--   listed_date      date   the first list of open items that holds it; null where none does
--   unlisted_date    date   the list before that one; null where there is none

with first_lists as (
    select
        coalesce(listed_items.company_id, '') as company_id,
        listed_items.item_id,
        min(listed_items.list_date) as listed_date
    from listed_items
    where listed_items.list_date <= $as_of
    group by coalesce(listed_items.company_id, ''), listed_items.item_id
),

late_items as (
    select maybe_open_items.item_number
    from maybe_open_items
    union
    select even_closings.item_number
    from even_closings
    where even_closings.closed_date > $looked_from
)

select
    known_items.item_number,
    known_items.company_id,
    known_items.item_id,
    known_items.customer_id,
    known_items.role_code,
    known_items.currency_code,
    known_items.billing_channel,
    coalesce(known_items.site, told_details.site) as site,
    coalesce(known_items.product_line, told_details.product_line) as product_line,
    known_items.issued_date,
    known_items.posted_date,
    known_items.due_date,
    known_items.answer_amount as amount,
    first_lists.listed_date,
    list_spans.after_date as unlisted_date
from known_items
left join told_details on known_items.item_number = told_details.item_number
left join late_items on known_items.item_number = late_items.item_number
left join first_lists
    on known_items.company_id = first_lists.company_id
    and known_items.item_id = first_lists.item_id
left join list_spans
    on first_lists.company_id = list_spans.company_id
    and first_lists.listed_date = list_spans.by_date
where
    known_items.is_claim
    and (known_items.issued_date > $remembered_from or late_items.item_number is not null)
