-- agency_claims: each claim with all that an agency needs to take it over, one flat line.
--
-- grain:   one open debit item
-- key:     company_id, item_id
-- source:  item_balances, item_details, customers, customer_contacts, late_payment_penalties
-- params:  none
-- columns:
--   company_id           text   whose receivable it is
--   customer_id          text   who owes
--   customer_name        text   its name, or its identifier where it has none
--   registration_id      text   its number in the register; null where unknown
--   address_text         text   its postal address; null where unknown
--   contact_name         text   whom to speak to; null where unknown
--   phone_text           text   telephone; null where unknown
--   email_text           text   address; null where unknown
--   item_id              text   the item
--   document_text        text   number of the document, or else the item's identifier
--   order_id             text   the customer's order; null where unknown
--   issued_date          date   date of the document
--   due_date             date   contractual or derived; null where unknown
--   past_due_days        int    days past due; 0 or less where it is not yet due
--   currency_code        text   the item's own currency; amounts are in the answer's
--   amount               money  the document's amount
--   open_amount          money  what is open of it
--   disputed_amount      money  of it, disputed
--   interest_amount      money  interest that can be asked for; null where a rate is missing
--   recovery_fee_amount  money  fee that can be asked for
--   total_amount         money  all three together; null where a rate is missing

with penalties as (
    select
        late_payment_penalties.company_id,
        late_payment_penalties.item_id,
        case
            when bool_or(late_payment_penalties.interest_amount is null) then null
            else sum(
                late_payment_penalties.interest_amount
                - coalesce(late_payment_penalties.disputed_interest_amount, 0)
            )
        end as interest_amount,
        sum(coalesce(late_payment_penalties.recovery_fee_amount, 0)) as recovery_fee_amount
    from late_payment_penalties
    where late_payment_penalties.claim_code not in ('waived', 'invoiced')
    group by late_payment_penalties.company_id, late_payment_penalties.item_id
)

select
    item_balances.company_id,
    item_balances.customer_id,
    coalesce(customers.name, item_balances.customer_id) as customer_name,
    customers.registration_id,
    customers.address_text,
    customer_contacts.contact_name,
    customer_contacts.phone_text,
    customer_contacts.email_text,
    item_balances.item_id,
    coalesce(item_balances.reference, item_balances.item_id) as document_text,
    item_details.order_id,
    item_balances.issued_date,
    item_balances.due_date,
    cast(item_balances.past_due_days as bigint) as past_due_days,
    item_balances.currency_code,
    item_balances.amount,
    item_balances.open_amount,
    item_balances.disputed_amount,
    cast(
        case when penalties.item_id is null then 0 else penalties.interest_amount end
        as decimal(21, 3)
    ) as interest_amount,
    cast(coalesce(penalties.recovery_fee_amount, 0) as decimal(21, 3)) as recovery_fee_amount,
    cast(
        item_balances.open_amount
        + case when penalties.item_id is null then 0 else penalties.interest_amount end
        + coalesce(penalties.recovery_fee_amount, 0) as decimal(21, 3)
    ) as total_amount
from item_balances
left join item_details on item_balances.item_number = item_details.item_number
left join customers
    on item_balances.company_id = coalesce(customers.company_id, '')
    and item_balances.customer_id = customers.customer_id
left join customer_contacts
    on item_balances.company_id = customer_contacts.company_id
    and item_balances.customer_id = customer_contacts.customer_id
left join penalties
    on item_balances.company_id = penalties.company_id
    and item_balances.item_id = penalties.item_id
where item_balances.is_debit and item_balances.open_amount > 0
order by company_id, customer_id, due_date, document_text, item_id
