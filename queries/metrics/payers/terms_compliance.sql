-- terms_compliance: terms granted, agreed and real, what agreed terms would free, and legal caps.
--
-- grain:   one value of one dimension: customer, salesperson, country or payment_method
-- key:     dimension_code, value_id
-- source:  known_items, item_details, settled_spells, customers, customer_codes
-- params:  $as_of date, $decimals int
-- columns:
--   dimension_code      text     customer, salesperson, country, payment_method, or company: all
--   value_id            text     the customer, salesperson…; `unknown` where nobody said
--   value_name          text     its name
--   item_count          int      invoices with a due date issued in the 12 months before
--   billed_amount       money    what they amount to
--   granted_days        decimal  issued to due date, by amount, of those whose terms are known;
--     null where none are
--   agreed_days         decimal  issued to the date the customer's terms give; null without terms
--   real_days           decimal  issued to settled, by amount, of those settled
--   freed_amount        money    cash freed, on average over the year, had those settled late by
--                                the agreed terms been paid by them; null without terms
--   derived_count       int      invoices whose due date comes from terms
--   assumed_count       int      those whose customer's terms nobody told: they prove nothing
--   beyond_60_count     int      due more than 60 days after issue, of those whose terms are known;
--     null, as what follows, where none are
--   beyond_45eom_count  int      due after the end of the month of issue + 45 days
--   beyond_eom45_count  int      due after 45 days from the end of the month of issue
--   beyond_all_count    int      beyond all three: unlawful however the terms are written
--   beyond_all_amount   money    what these amount to

-- C. com. L.441-10 I: 60 days from the invoice, or by agreement 45 days end of month, which may be
-- counted either way. A line of customers.terms_code says days, end of month and days after it.
with billed as (
    select
        customer_codes.customer_code,
        customer_codes.customer_name,
        coalesce(item_details.salesperson, 'unknown') as salesperson,
        coalesce(customers.country_code, 'unknown') as country_code,
        coalesce(customers.payment_method, 'unknown') as payment_method,
        known_items.answer_amount,
        known_items.due_is_derived,
        known_items.issued_date,
        known_items.due_date,
        settled_spells.settled_date,
        last_day(known_items.issued_date) as month_end_date,
        last_day(cast(known_items.issued_date + interval '45 days' as date)) as month_end_45_date,
        due_by_terms(known_items.issued_date, customers.terms_code) as agreed_date
    from known_items
    left join item_details on known_items.item_number = item_details.item_number
    left join settled_spells
        on known_items.item_number = settled_spells.item_number
        and settled_spells.until_date is null
        and settled_spells.is_cash
    left join customers
        on known_items.company_id = coalesce(customers.company_id, '')
        and known_items.customer_id = customers.customer_id
    inner join customer_codes
        on known_items.company_id = customer_codes.company_id
        and known_items.customer_id = customer_codes.customer_id
    where
        known_items.kind = 'invoice'
        and known_items.is_debit
        and known_items.due_date is not null
        and known_items.issued_date > $as_of - interval '12 months'
        and known_items.issued_date <= $as_of
),

measured as (
    select
        billed.customer_code,
        billed.customer_name,
        billed.salesperson,
        billed.country_code,
        billed.payment_method,
        billed.answer_amount,
        billed.due_is_derived,
        billed.due_is_derived and billed.agreed_date is null as is_assumed,
        cast(billed.due_date - billed.issued_date as bigint) as granted_days,
        cast(billed.agreed_date - billed.issued_date as bigint) as agreed_days,
        cast(billed.settled_date - billed.issued_date as bigint) as real_days,
        cast(billed.settled_date - billed.agreed_date as bigint) as freed_days,
        cast(billed.due_date - billed.issued_date as bigint) > 60 as is_beyond_60,
        billed.due_date > billed.month_end_45_date as is_beyond_45eom,
        cast(billed.due_date - billed.month_end_date as bigint) > 45 as is_beyond_eom45
    from billed
),

dimensioned as (
    select
        measured.answer_amount,
        measured.due_is_derived,
        measured.is_assumed,
        measured.granted_days,
        measured.agreed_days,
        measured.real_days,
        measured.freed_days,
        measured.is_beyond_60,
        measured.is_beyond_45eom,
        measured.is_beyond_eom45,
        unnest(make_array('company', 'customer', 'salesperson', 'country', 'payment_method'))
            as dimension_code,
        unnest(make_array(1, 5, 2, 3, 4)) as dimension_order,
        unnest(make_array(
            'all',
            measured.customer_code,
            measured.salesperson,
            measured.country_code,
            measured.payment_method
        )) as value_id,
        unnest(make_array(
            'all',
            measured.customer_name,
            measured.salesperson,
            measured.country_code,
            measured.payment_method
        )) as value_name
    from measured
),

sums as (
    select
        dimensioned.dimension_code,
        min(dimensioned.dimension_order) as dimension_order,
        dimensioned.value_id,
        min(dimensioned.value_name) as value_name,
        count(*) as item_count,
        sum(dimensioned.answer_amount) as billed_amount,
        sum(cast(dimensioned.granted_days * dimensioned.answer_amount as decimal(38, 3)))
            filter (where not dimensioned.is_assumed) as granted_day_amount,
        sum(dimensioned.answer_amount) filter (where not dimensioned.is_assumed)
            as granted_amount,
        sum(cast(dimensioned.agreed_days * dimensioned.answer_amount as decimal(38, 3)))
            as agreed_day_amount,
        sum(case when dimensioned.agreed_days is not null then dimensioned.answer_amount end)
            as agreed_amount,
        sum(cast(dimensioned.real_days * dimensioned.answer_amount as decimal(38, 3)))
            as real_day_amount,
        sum(case when dimensioned.real_days is not null then dimensioned.answer_amount end)
            as real_amount,
        sum(
            cast(
                greatest(dimensioned.freed_days, 0) * dimensioned.answer_amount as decimal(38, 3)
            )
        ) as freed_day_amount,
        sum(case when dimensioned.due_is_derived then 1 else 0 end) as derived_count,
        sum(case when dimensioned.is_assumed then 1 else 0 end) as assumed_count,
        sum(case when dimensioned.is_beyond_60 then 1 else 0 end)
            filter (where not dimensioned.is_assumed) as beyond_60_count,
        sum(case when dimensioned.is_beyond_45eom then 1 else 0 end)
            filter (where not dimensioned.is_assumed) as beyond_45eom_count,
        sum(case when dimensioned.is_beyond_eom45 then 1 else 0 end)
            filter (where not dimensioned.is_assumed) as beyond_eom45_count,
        sum(
            case
                when
                    dimensioned.is_beyond_60
                    and dimensioned.is_beyond_45eom
                    and dimensioned.is_beyond_eom45
                    then 1
                else 0
            end
        ) filter (where not dimensioned.is_assumed) as beyond_all_count,
        sum(
            case
                when
                    dimensioned.is_beyond_60
                    and dimensioned.is_beyond_45eom
                    and dimensioned.is_beyond_eom45
                    then dimensioned.answer_amount
                else 0
            end
        ) filter (where not dimensioned.is_assumed) as beyond_all_amount
    from dimensioned
    group by dimensioned.dimension_code, dimensioned.value_id
)

select
    sums.dimension_code,
    sums.value_id,
    sums.value_name,
    sums.item_count,
    cast(sums.billed_amount as decimal(21, 3)) as billed_amount,
    cast(
        cast(sums.granted_day_amount as decimal(50, 8))
        / nullif(cast(sums.granted_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as granted_days,
    cast(
        cast(sums.agreed_day_amount as decimal(50, 8))
        / nullif(cast(sums.agreed_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as agreed_days,
    cast(
        cast(sums.real_day_amount as decimal(50, 8))
        / nullif(cast(sums.real_amount as decimal(27, 3)), 0) as decimal(18, 4)
    ) as real_days,
    case
        when sums.agreed_amount is null then null
        else money(
            cast(coalesce(sums.freed_day_amount, 0) as decimal(40, 6)) / 365,
            $decimals
        )
    end as freed_amount,
    sums.derived_count,
    sums.assumed_count,
    sums.beyond_60_count,
    sums.beyond_45eom_count,
    sums.beyond_eom45_count,
    sums.beyond_all_count,
    cast(sums.beyond_all_amount as decimal(21, 3)) as beyond_all_amount
from sums
order by sums.dimension_order, billed_amount desc, value_id
