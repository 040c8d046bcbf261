-- item_details: where the goods of an invoice came from, who sold them, and what they earned.
--
-- grain:   one debit item of known_items
-- key:     item_number
-- source:  known_items, told_details
-- params:  none
-- kept:    no
-- columns:
--   item_number     int    the item, of known_items
--   order_id        text   the customer's order; null where unknown
--   site            text   where goods left from; null where unknown
--   product_line    text   what was sold; null where unknown
--   salesperson     text   who sold it; null where unknown
--   delivered_date  date   when goods arrived; null where unknown
--   margin_amount   money  margin without VAT, in the item's currency; null where unknown
--   is_title_retained  flag  its goods stay ours until they are paid

-- A list of items says it on the item; beside a ledger it is told apart.
select
    known_items.item_number,
    coalesce(known_items.order_id, told_details.order_id) as order_id,
    coalesce(known_items.site, told_details.site) as site,
    coalesce(known_items.product_line, told_details.product_line) as product_line,
    coalesce(known_items.salesperson, told_details.salesperson) as salesperson,
    coalesce(known_items.delivered_date, told_details.delivered_date) as delivered_date,
    told_details.margin_amount,
    coalesce(told_details.is_title_retained, false) as is_title_retained
from known_items
left join told_details on known_items.item_number = told_details.item_number
where known_items.is_debit
