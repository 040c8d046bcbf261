-- call_disputes: what those called contest, and who of us works on it.
--
-- grain:   one contested item and reason of a customer to be called
-- key:     message_id, item_id, reason_code
-- source:  call_guides, open_contests
-- params:  none
-- columns:
--   message_id      text   the line of the worklist
--   item_id         text   the item
--   document_text   text   number of the document, or else the item's identifier
--   reason_code     text   why it is contested
--   from_date       date   since when we know
--   owner           text   who works on it

select
    call_guides.message_id,
    open_contests.item_id,
    open_contests.document_text,
    open_contests.reason_code,
    open_contests.from_date,
    open_contests.owner
from open_contests
inner join call_guides
    on open_contests.company_id = call_guides.company_id
    and open_contests.customer_id = call_guides.customer_id
order by message_id, from_date, document_text, item_id, reason_code
