-- forecast_payers: what is known of each customer beside its payments.
--
-- grain:   one customer of known_items
-- key:     company_id, customer_id
-- source:  known_items, customers, customer_spans, insolvent_customers, actions, settled_spells
-- params:  $as_of date
-- columns:
--   company_id       text  whose receivables they are
--   customer_id      text  who owes
--   group_id         text  the group it belongs to; null where its file tells none
--   country_code     text  where it is; null where unknown
--   payment_method   text  how it pays on $as_of; null where unknown
--   is_public_body   flag  pays by the rules of public accounting
--   stopped_date     date  since when it is insolvent, in legal hands or doubtful; null if not
--   recovered_ratio  ratio what cash brought of the claims open on customers when they were
--                          stopped, a year ago or earlier; null for fewer than ten such claims

with debtors as (
    select
        known_items.company_id,
        known_items.customer_id
    from known_items
    group by known_items.company_id, known_items.customer_id
),

customer_facts as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.group_id) as group_id,
        min(customers.country_code) as country_code,
        coalesce(bool_or(customers.is_public_body), false) as is_public_body
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
),

spans as (
    select
        customer_spans.company_id,
        customer_spans.customer_id,
        customer_spans.from_date,
        customer_spans.payment_method,
        customer_spans.status_code
    from customer_spans
    where
        (customer_spans.from_date is null or customer_spans.from_date <= $as_of)
        and (customer_spans.until_date is null or customer_spans.until_date > $as_of)
),

-- a status that the customers' file told from the first has no day: it is known today
stop_days as (
    select
        spans.company_id,
        spans.customer_id,
        coalesce(spans.from_date, cast($as_of as date)) as stopped_date
    from spans
    where spans.status_code in ('insolvent', 'legal')
    union all
    select
        insolvent_customers.company_id,
        insolvent_customers.customer_id,
        insolvent_customers.published_date as stopped_date
    from insolvent_customers
    where insolvent_customers.published_date <= $as_of
    union all
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.action_date as stopped_date
    from actions
    where actions.channel_code = 'legal' and actions.action_date <= $as_of
    union all
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.posted_date as stopped_date
    from known_items
    left anti join settled_spells
        on known_items.item_number = settled_spells.item_number
        and settled_spells.until_date is null
    where known_items.is_doubtful and known_items.is_debit
),

stops as (
    select
        stop_days.company_id,
        stop_days.customer_id,
        min(stop_days.stopped_date) as stopped_date
    from stop_days
    group by stop_days.company_id, stop_days.customer_id
),

recoveries as (
    select
        case
            when count(*) >= 10
                then cast(
                    cast(
                        coalesce(
                            sum(known_items.answer_amount) filter (where settled_spells.is_cash),
                            0
                        ) as decimal(50, 8)
                    )
                    / nullif(cast(sum(known_items.answer_amount) as decimal(27, 3)), 0)
                    as decimal(18, 6)
                )
        end as recovered_ratio
    from known_items
    inner join stops
        on known_items.company_id = stops.company_id
        and known_items.customer_id = stops.customer_id
    left join settled_spells
        on known_items.item_number = settled_spells.item_number
        and settled_spells.until_date is null
    where
        known_items.is_claim
        and known_items.posted_date <= stops.stopped_date
        and stops.stopped_date <= $as_of - interval '12 months'
        and (
            settled_spells.settled_date is null
            or settled_spells.settled_date > stops.stopped_date
        )
)

select
    debtors.company_id,
    debtors.customer_id,
    customer_facts.group_id,
    customer_facts.country_code,
    spans.payment_method,
    coalesce(customer_facts.is_public_body, false) as is_public_body,
    stops.stopped_date,
    case when stops.stopped_date is not null then recoveries.recovered_ratio end
        as recovered_ratio
from debtors
cross join recoveries
left join stops
    on debtors.company_id = stops.company_id
    and debtors.customer_id = stops.customer_id
left join customer_facts
    on debtors.company_id = customer_facts.company_id
    and debtors.customer_id = customer_facts.customer_id
left join spans
    on debtors.company_id = spans.company_id
    and debtors.customer_id = spans.customer_id
