-- open_contests: what customers contest today on what they owe, and who of us works on it.
--
-- grain:   one open debit item and reason
-- key:     item_number, reason_code
-- source:  contested_items, item_balances, reasons
-- params:  $as_of date
-- columns:
--   item_number    int   the item, of known_items
--   company_id     text  whose receivables they are
--   customer_id    text  who contests
--   item_id        text  the item
--   document_text  text  number of the document, or else the item's identifier
--   reason_code    text  why
--   from_date      date  since when we know
--   owner          text  who works on it
--   is_ours        flag  ours to put right; what the payer's own side holds up is not

select
    item_balances.item_number,
    item_balances.company_id,
    item_balances.customer_id,
    item_balances.item_id,
    coalesce(min(item_balances.reference), item_balances.item_id) as document_text,
    contested_items.reason_code,
    min(contested_items.from_date) as from_date,
    coalesce(min(reasons.owner), 'collections') as owner,
    coalesce(
        bool_or(reasons.cause_code = 'process' and reasons.process_code <> 'payment_side'), false
    ) as is_ours
from contested_items
inner join item_balances on contested_items.item_number = item_balances.item_number
left join reasons on contested_items.reason_code = reasons.reason_code
where
    item_balances.is_debit
    and item_balances.open_amount > 0
    and contested_items.from_date <= $as_of
    and (contested_items.to_date is null or contested_items.to_date > $as_of)
group by
    item_balances.item_number,
    item_balances.company_id,
    item_balances.customer_id,
    item_balances.item_id,
    contested_items.reason_code
