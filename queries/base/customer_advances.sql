-- customer_advances: money of a customer that the company holds beside its items.
--
-- grain:   one customer with advances or credits owed to it (accounts 419*) on $as_of
-- key:     company_id, customer_id
-- source:  ledger_role_steps
-- params:  $as_of date
-- columns:
--   company_id      text   who holds it; empty where the lake holds none
--   customer_id     text   whose money it is: auxiliary account, else the account itself
--   advance_amount  money  above zero

select
    ledger_role_steps.company_id,
    ledger_role_steps.customer_id,
    cast(-sum(ledger_role_steps.change_amount) as decimal(21, 3)) as advance_amount
from ledger_role_steps
where ledger_role_steps.role_code = 'advances' and ledger_role_steps.step_date <= $as_of
group by ledger_role_steps.company_id, ledger_role_steps.customer_id
having sum(ledger_role_steps.change_amount) < 0
