-- known_allocations: the allocations that act on or before the as-of day.
--
-- grain:   one allocation: debit item, credit item and day it was written for
-- source:  allocation_links
-- params:  $as_of date, $in_base flag
-- kept:    no
-- columns:
--   debit_item_number   int    the item it lowers, of known_items
--   credit_item_number  int    the item it uses up, of known_items
--   company_id          text   empty where the lake holds none
--   currency_code       text   currency of amount
--   credit_kind         text   kind of the item it uses up: receipt, credit_note…
--   credit_customer_id  text   whose it is
--   acting_date         date   the latest of its own date and both posted dates
--   met_date            date   the later of both posted dates
--   amount              money  in the items' currency; negative takes back an earlier one
--   answer_amount       money  the same in the answer's currency, at the debit item's rate
--   is_inferred         flag   it was not written by the source but concluded
--   is_other_customer   flag   the credit is of another customer than the debit
--   is_other_currency   flag   the credit is in another currency than the debit
--   is_wrong_side       flag   the debit item is none, or the credit item is none

select
    allocation_links.debit_item_number,
    allocation_links.credit_item_number,
    coalesce(allocation_links.company_id, '') as company_id,
    allocation_links.currency_code,
    allocation_links.credit_kind,
    allocation_links.credit_customer_id,
    allocation_links.acting_date,
    allocation_links.met_date,
    allocation_links.amount,
    case
        when $in_base then allocation_links.base_amount
        else allocation_links.amount
    end as answer_amount,
    allocation_links.is_inferred,
    allocation_links.is_other_customer,
    allocation_links.is_other_currency,
    allocation_links.is_wrong_side
from allocation_links
where allocation_links.acting_date <= $as_of
