-- open_credits: each receipt, credit note and advance that no invoice has used up yet.
--
-- grain:   one open credit item
-- key:     company_id, item_id
-- source:  credit_balances, customers
-- params:  none
-- columns:
--   customer_name          text   the customer's name, or its identifier where it has none
--   company_id             text   whose it is
--   customer_id            text   whose money it is
--   reference              text   number of the document
--   kind                   text   receipt, credit_note…
--   issued_date            date   date of the document
--   age_days               int    $as_of minus issued_date
--   open_amount            money  what is open, below zero
--   customer_debit_amount  money  open debit items of the same customer
--   coverable_amount       money  what of the credit those would use up, largest credit first
--   account                text   receivable account
--   item_id                text   identifier, stable across loads

select
    coalesce(customers.name, credit_balances.customer_id) as customer_name,
    credit_balances.company_id,
    credit_balances.customer_id,
    credit_balances.reference,
    credit_balances.kind,
    credit_balances.issued_date,
    credit_balances.age_days,
    credit_balances.open_amount,
    credit_balances.customer_debit_amount,
    credit_balances.coverable_amount,
    credit_balances.account,
    credit_balances.item_id
from credit_balances
left join customers
    on credit_balances.company_id = coalesce(customers.company_id, '')
    and credit_balances.customer_id = customers.customer_id
order by credit_balances.open_amount, credit_balances.item_id, credit_balances.company_id
