-- payer_gaps: customers that matter whose contact or process is unknown.
--
-- grain:   one customer of stake A or B that owes something
-- key:     company_id, customer_id
-- source:  payers, customer_contacts
-- params:  none
-- columns:
--   company_id     text   whose receivables they are
--   customer_id    text   who owes
--   customer_name  text   its name, or its identifier where it has none
--   stake_code     text   A or B
--   open_amount    money  what it owes, credits included
--   gap_code       text   contact_unknown, process_unknown or both_unknown

select
    payers.company_id,
    payers.customer_id,
    payers.customer_name,
    payers.stake_code,
    payers.open_amount,
    case
        when coalesce(customer_contacts.has_contact, false) then 'process_unknown'
        when coalesce(customer_contacts.has_process, false) then 'contact_unknown'
        else 'both_unknown'
    end as gap_code
from payers
left join customer_contacts
    on payers.company_id = customer_contacts.company_id
    and payers.customer_id = customer_contacts.customer_id
where
    payers.stake_code in ('A', 'B')
    and payers.open_amount > 0
    and not (
        coalesce(customer_contacts.has_contact, false)
        and coalesce(customer_contacts.has_process, false)
    )
order by open_amount desc, company_id, customer_id
