-- late_claims: claims past due on the as-of day, or closed after their due date not long before.
--
-- grain:   one claim with a due date; some were paid in time, and only allocated after it
-- key:     item_number
-- source:  even_closings, maybe_open_items, known_items, customers, penalty_terms
-- params:  $as_of date
-- columns:
--   item_number     int    the item, of known_items
--   company_id      text   empty where the lake holds none
--   item_id         text   identifier, stable across loads
--   customer_id     text   who owes
--   customer_name   text   its name, or its identifier where it has none
--   debtor_code     text   company or public_body, as penalty_terms
--   is_insolvent    flag   the file of customers says so
--   kind            text   invoice, opening, transfer
--   reference       text   number of the document
--   posted_date     date   from which the item counts
--   due_date        date   contractual or derived
--   due_is_derived  flag   the due date comes from terms, not from the source
--   delay_date      date   first day after the due date, or after the issue of what came later
--   first_date      date   first day counted here
--   is_moved        flag   was late before it was booked again, under another item
--   currency_code   text   the item's own currency
--   amount          money  in the item's own currency
--   answer_amount   money  the same in the currency of the answer

with closed_claims as (
    select even_closings.item_number
    from even_closings
    where
        even_closings.is_claim
        and even_closings.closed_date > even_closings.due_date
        and cast($as_of - even_closings.closed_date as bigint)
        < (select max(penalty_terms.settled_days) from penalty_terms)
),

claims as (
    select
        known_items.item_number,
        known_items.company_id,
        known_items.item_id,
        known_items.customer_id,
        known_items.kind,
        known_items.reference,
        known_items.issued_date,
        known_items.posted_date,
        known_items.due_date,
        known_items.due_is_derived,
        known_items.currency_code,
        known_items.amount,
        known_items.answer_amount
    from closed_claims
    inner join known_items on closed_claims.item_number = known_items.item_number
    union all
    select
        maybe_open_items.item_number,
        maybe_open_items.company_id,
        maybe_open_items.item_id,
        maybe_open_items.customer_id,
        maybe_open_items.kind,
        maybe_open_items.reference,
        maybe_open_items.issued_date,
        maybe_open_items.posted_date,
        maybe_open_items.due_date,
        maybe_open_items.due_is_derived,
        maybe_open_items.currency_code,
        maybe_open_items.amount,
        maybe_open_items.answer_amount
    from maybe_open_items
    where maybe_open_items.is_claim and maybe_open_items.due_date < $as_of
),

-- A transfer is an old claim under a new item: it goes on where the other one stopped.
dated_claims as (
    select
        claims.item_number,
        claims.company_id,
        claims.item_id,
        claims.customer_id,
        claims.kind,
        claims.reference,
        claims.posted_date,
        claims.due_date,
        claims.due_is_derived,
        claims.currency_code,
        claims.amount,
        claims.answer_amount,
        cast(
            case
                when claims.kind = 'invoice' then greatest(claims.due_date, claims.issued_date)
                else claims.due_date
            end + interval '1 day' as date
        ) as delay_date,
        cast(
            case
                when claims.kind = 'invoice' then greatest(claims.due_date, claims.issued_date)
                when claims.kind = 'transfer' then greatest(claims.due_date, claims.posted_date)
                else claims.due_date
            end + interval '1 day' as date
        ) as first_date,
        claims.kind = 'transfer' and claims.due_date < claims.posted_date as is_moved
    from claims
)

select
    dated_claims.item_number,
    dated_claims.company_id,
    dated_claims.item_id,
    dated_claims.customer_id,
    coalesce(customers.name, dated_claims.customer_id) as customer_name,
    case when customers.is_public_body then 'public_body' else 'company' end as debtor_code,
    coalesce(customers.status_code = 'insolvent', false) as is_insolvent,
    dated_claims.kind,
    dated_claims.reference,
    dated_claims.posted_date,
    dated_claims.due_date,
    dated_claims.due_is_derived,
    dated_claims.delay_date,
    dated_claims.first_date,
    dated_claims.is_moved,
    dated_claims.currency_code,
    dated_claims.amount,
    dated_claims.answer_amount
from dated_claims
left join customers
    on dated_claims.company_id = coalesce(customers.company_id, '')
    and dated_claims.customer_id = customers.customer_id
where dated_claims.first_date <= $as_of
