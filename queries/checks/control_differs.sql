-- control_differs: customers whose open items are not the balance of their account.
--
-- grain:   one customer and account that differ; an account where control knows no customer
-- key:
-- source:  control_differences
-- params:  none
-- columns:
--   subject_id   text   customer, or the account where the comparison is by account
--   account      text   receivable account
--   amount       money  open items − control account
--   source_file  text   none
--   source_line  int    none
--   detail_text  text   what was found
-- fault:   The open items of a customer are not the balance of its account.
-- todo:    Compare the customer's items with its ledger; look for a rejected or misread line, and
--   for exchange differences that are still to be booked.

select
    coalesce(control_differences.customer_id, control_differences.account) as subject_id,
    control_differences.account,
    control_differences.difference_amount as amount,
    cast(null as text) as source_file,
    cast(null as bigint) as source_line,
    concat(
        'open ', cast(control_differences.open_amount as text),
        ', control ', cast(control_differences.control_amount as text),
        case
            when control_differences.exchange_amount <> 0
                then concat(
                    '; exchange differences not booked explain ',
                    cast(control_differences.exchange_amount as text)
                )
            else ''
        end
    ) as detail_text
from control_differences
order by abs(control_differences.difference_amount) desc, subject_id, control_differences.account
