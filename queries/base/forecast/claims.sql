-- claims: what customers owe or owed, as a forecast of receipts looks at it.
--
-- grain:   one claim of known_items
-- key:     item_number
-- source:  known_items, told_details
-- params:  none
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
    known_items.answer_amount as amount
from known_items
left join told_details on known_items.item_number = told_details.item_number
where known_items.is_claim
