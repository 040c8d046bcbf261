-- reminder_accounts: all that is open of each customer who gets a message: its statement.
--
-- grain:   one open item of a customer with a message
-- key:     message_id, item_id
-- source:  reminder_plan, item_balances, currencies
-- params:  none
-- columns:
--   message_id      text   the message
--   item_id         text   the item
--   document_text   text   number of the document, or else the item's identifier
--   kind            text   invoice, receipt, credit_note…
--   issued_date     date   date of the document
--   due_date        date   contractual or derived; null where unknown
--   past_due_days   int    days past due; 0 or less where it is not yet due
--   currency_code   text   the item's own currency
--   decimal_count   int    decimals that this currency has
--   open_amount     money  what is open, in its own currency; below zero in the customer's favour

select
    reminder_plan.message_id,
    item_balances.item_id,
    coalesce(item_balances.reference, item_balances.item_id) as document_text,
    item_balances.kind,
    item_balances.issued_date,
    item_balances.due_date,
    cast(item_balances.past_due_days as bigint) as past_due_days,
    item_balances.currency_code,
    coalesce(currencies.decimal_count, 2) as decimal_count,
    item_balances.item_open_amount as open_amount
from item_balances
inner join reminder_plan
    on item_balances.company_id = reminder_plan.company_id
    and item_balances.customer_id = reminder_plan.customer_id
left join currencies on item_balances.currency_code = currencies.currency_code
order by message_id, due_date nulls first, issued_date, document_text, item_id
