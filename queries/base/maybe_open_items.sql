-- maybe_open_items: the items of which something may be left on the as-of day.
--
-- grain:   one item of known_items that was not closed for good by then
-- key:     item_number
-- source:  unsettled_items, uneven_items, closed_items, known_items
-- params:  $as_of date, $in_base flag
-- columns:
--   item_number     int    the item, of known_items
--   company_id      text   empty where the lake holds none
--   item_id         text   identifier, stable across loads
--   customer_id     text   who owes
--   account         text   receivable account; null where the source has none
--   kind            text   invoice, receipt, credit_note…
--   is_debit        flag   amount above zero: the customer owes it
--   is_claim        flag   as known_items says
--   issued_date     date   date of the document
--   posted_date     date   from which the item counts
--   due_date        date   as known_items says
--   due_is_derived  flag   the due date comes from terms, not from the source
--   currency_code   text   currency of amount
--   amount          money  in the item's own currency, + owed to us
--   answer_amount   money  the same in the currency of the answer
--   reference       text   number of the document
--   source_file     text   where it was read
--   source_line     int    line in that file

-- What the load that brought it left open is listed with all that is asked of it. What was closed
-- after the as-of day was open on it; what is uneven may be.
with closed as (
    select closed_items.item_number
    from closed_items
    left anti join uneven_items on closed_items.item_number = uneven_items.item_number
    where closed_items.closed_date <= $as_of
),

listed as (
    select
        unsettled_items.item_number,
        coalesce(unsettled_items.company_id, '') as company_id,
        unsettled_items.item_id,
        unsettled_items.customer_id,
        unsettled_items.account,
        unsettled_items.kind,
        unsettled_items.issued_date,
        unsettled_items.posted_date,
        unsettled_items.due_date,
        coalesce(unsettled_items.due_is_derived, false) as due_is_derived,
        unsettled_items.currency_code,
        unsettled_items.amount,
        unsettled_items.base_amount,
        unsettled_items.reference,
        unsettled_items.source_file,
        unsettled_items.source_line
    from unsettled_items
    left anti join closed on unsettled_items.item_number = closed.item_number
    where unsettled_items.posted_date <= $as_of
),

others as (
    select uneven_items.item_number
    from uneven_items
    union
    select closed_items.item_number
    from closed_items
    where closed_items.closed_date > $as_of and closed_items.posted_date <= $as_of
),

unlisted as (
    select others.item_number
    from others
    left anti join unsettled_items on others.item_number = unsettled_items.item_number
)

select
    listed.item_number,
    listed.company_id,
    listed.item_id,
    listed.customer_id,
    listed.account,
    listed.kind,
    listed.amount > 0 or (listed.amount = 0 and listed.base_amount > 0) as is_debit,
    listed.amount > 0 and listed.kind in ('invoice', 'opening', 'transfer') as is_claim,
    listed.issued_date,
    listed.posted_date,
    case
        when listed.amount > 0 and listed.kind not in ('returned_receipt', 'refund')
            then listed.due_date
        else coalesce(listed.due_date, listed.issued_date)
    end as due_date,
    listed.due_is_derived,
    listed.currency_code,
    listed.amount,
    case when $in_base then listed.base_amount else listed.amount end as answer_amount,
    listed.reference,
    listed.source_file,
    listed.source_line
from listed
union all
select
    unlisted.item_number,
    known_items.company_id,
    known_items.item_id,
    known_items.customer_id,
    known_items.account,
    known_items.kind,
    known_items.is_debit,
    known_items.is_claim,
    known_items.issued_date,
    known_items.posted_date,
    known_items.due_date,
    known_items.due_is_derived,
    known_items.currency_code,
    known_items.amount,
    known_items.answer_amount,
    known_items.reference,
    known_items.source_file,
    known_items.source_line
from unlisted
inner join known_items on unlisted.item_number = known_items.item_number
