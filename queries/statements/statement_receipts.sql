-- statement_receipts: what a customer paid, or was credited, since the last statement.
--
-- grain:   one receipt, returned receipt or credit item of the customer posted since $since; none
--          where books hold lists of open items only
-- key:     company_id, item_id
-- source:  asked_customers, customer_codes, known_items, item_balances, book_limits
-- params:  $since date
-- columns:
--   customer_name       text   whose it is; null where one customer is asked about
--   posted_date         date   day it was booked
--   kind                text   receipt, credit_note, returned_receipt…
--   reference           text   number of the document
--   amount              money  below zero: it lowers what is owed
--   unallocated_amount  money  the part no invoice has used up on $as_of
--   item_id             text   identifier, stable across loads
--   company_id          text   whose receivable it is

with customer_counts as (
    select count(*) as customer_count
    from asked_customers
)

select
    case
        when customer_counts.customer_count > 1
            then coalesce(customer_codes.customer_name, known_items.customer_id)
    end as customer_name,
    known_items.posted_date,
    known_items.kind,
    coalesce(known_items.reference, known_items.item_id) as reference,
    known_items.answer_amount as amount,
    cast(coalesce(least(item_balances.open_amount, 0), 0) as decimal(21, 3)) as unallocated_amount,
    known_items.item_id,
    known_items.company_id
from known_items
inner join asked_customers
    on known_items.company_id = asked_customers.company_id
    and known_items.customer_id = asked_customers.customer_id
cross join customer_counts
cross join book_limits
left join customer_codes
    on known_items.company_id = customer_codes.company_id
    and known_items.customer_id = customer_codes.customer_id
left join item_balances on known_items.item_number = item_balances.item_number
where
    known_items.posted_date > $since
    and book_limits.has_history
    and (not known_items.is_debit or known_items.kind in ('returned_receipt', 'refund'))
order by known_items.posted_date, known_items.item_id, known_items.company_id
