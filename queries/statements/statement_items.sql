-- statement_items: what a customer still owes, item by item, and what is still due to it.
--
-- grain:   one item of the customer with a non-zero open amount on $as_of
-- key:     company_id, item_id
-- source:  asked_customers, customer_codes, item_balances
-- params:  none
-- columns:
--   customer_name    text   whose item it is; null where one customer is asked about
--   reference        text   number of the document, or else the item's identifier
--   kind             text   invoice, receipt, credit_note…
--   issued_date      date   date of the document
--   due_date         date   contractual or derived; a credit sits on its own date
--   due_is_derived   flag   the due date comes from terms, not from the source
--   past_due_days    int    $as_of minus due_date; null when not yet due
--   bucket_code      text   aging bucket
--   amount           money  the item's amount
--   open_amount      money  amount less the allocations that act on or before $as_of
--   is_disputed      flag   some of what is open is disputed on $as_of
--   item_id          text   identifier, stable across loads
--   company_id       text   whose receivable it is

with customer_counts as (
    select count(*) as customer_count
    from asked_customers
)

select
    case
        when customer_counts.customer_count > 1
            then coalesce(customer_codes.customer_name, item_balances.customer_id)
    end as customer_name,
    coalesce(item_balances.reference, item_balances.item_id) as reference,
    item_balances.kind,
    item_balances.issued_date,
    item_balances.due_date,
    item_balances.due_is_derived,
    case when item_balances.past_due_days > 0 then item_balances.past_due_days end
        as past_due_days,
    item_balances.bucket_code,
    item_balances.amount,
    item_balances.open_amount,
    item_balances.disputed_amount > 0 as is_disputed,
    item_balances.item_id,
    item_balances.company_id
from item_balances
inner join asked_customers
    on item_balances.company_id = asked_customers.company_id
    and item_balances.customer_id = asked_customers.customer_id
cross join customer_counts
left join customer_codes
    on item_balances.company_id = customer_codes.company_id
    and item_balances.customer_id = customer_codes.customer_id
order by
    item_balances.due_date nulls first,
    item_balances.issued_date,
    item_balances.item_id,
    item_balances.company_id
