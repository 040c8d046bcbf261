-- late_payment_table: customers' invoices past due at the year's end (C. com. D.441-6, table I).
--
-- grain:   one tranche of days late; total is one day and more
-- key:     tranche_code
-- source:  item_balances, posted_days, fiscal_years, book_limits
-- params:  $as_of date
-- columns:
--   tranche_code          text   0 (due on $as_of, indicative), 1-30, 31-60, 61-90, 91+, total
--   invoice_count         int    invoices issued, not settled and not disputed
--   amount                money  what is open on them
--   share_of_sales_ratio  ratio  amount / sales of the year that ends on $as_of
--   basis_code            text   vat_included: amount and sales alike
--   excluded_count        int    disputed invoices, left out of the count
--   excluded_amount       money  what is open on them
--   is_publishable        flag   false where the due date of an open invoice was derived

-- Invoices: items of kind invoice, openings of the first year loaded that bear a due date, and both
-- where they were booked again as bills or doubtful debts.
-- The tranches are the decree's, whatever the aging buckets are.
with tranches as (
    select
        0 as tranche_order,
        '0' as tranche_code,
        0 as first_days,
        0 as last_days
    union all
    select
        1 as tranche_order,
        '1-30' as tranche_code,
        1 as first_days,
        30 as last_days
    union all
    select
        2 as tranche_order,
        '31-60' as tranche_code,
        31 as first_days,
        60 as last_days
    union all
    select
        3 as tranche_order,
        '61-90' as tranche_code,
        61 as first_days,
        90 as last_days
    union all
    select
        4 as tranche_order,
        '91+' as tranche_code,
        91 as first_days,
        null as last_days
    union all
    select
        5 as tranche_order,
        'total' as tranche_code,
        1 as first_days,
        null as last_days
),

-- the fiscal year that ends on the as-of day; without one, the twelve months up to it
years as (
    select
        coalesce(
            min(fiscal_years.year_start_date),
            cast($as_of as date) - interval '12 months' + interval '1 day'
        ) as first_date
    from fiscal_years
    where fiscal_years.year_end_date = $as_of
),

year_sales as (
    select coalesce(sum(posted_days.amount), 0) as sales_amount
    from posted_days
    cross join years
    cross join book_limits
    where
        book_limits.has_history
        and posted_days.kind in ('invoice', 'credit_note')
        and posted_days.issued_date >= years.first_date
        and posted_days.issued_date <= $as_of
),

open_invoices as (
    select
        item_balances.past_due_days,
        item_balances.open_amount,
        item_balances.disputed_amount > 0 as is_disputed,
        item_balances.due_is_derived
    from item_balances
    where
        item_balances.is_claim
        and item_balances.open_amount > 0
        and item_balances.past_due_days is not null
),

publication as (
    select not coalesce(bool_or(open_invoices.due_is_derived), false) as is_publishable
    from open_invoices
),

-- one row a number of days late before it meets the six tranches: small against small
day_totals as (
    select
        open_invoices.past_due_days,
        count(case when not open_invoices.is_disputed then 1 end) as invoice_count,
        sum(case when not open_invoices.is_disputed then open_invoices.open_amount else 0 end)
            as open_amount,
        count(case when open_invoices.is_disputed then 1 end) as excluded_count,
        sum(case when open_invoices.is_disputed then open_invoices.open_amount else 0 end)
            as excluded_amount
    from open_invoices
    where open_invoices.past_due_days >= 0
    group by open_invoices.past_due_days
),

tranche_totals as (
    select
        tranches.tranche_order,
        tranches.tranche_code,
        coalesce(sum(day_totals.invoice_count), 0) as invoice_count,
        coalesce(sum(day_totals.open_amount), 0) as open_amount,
        coalesce(sum(day_totals.excluded_count), 0) as excluded_count,
        coalesce(sum(day_totals.excluded_amount), 0) as excluded_amount
    from tranches
    left join day_totals
        on day_totals.past_due_days >= tranches.first_days
        and day_totals.past_due_days <= coalesce(tranches.last_days, day_totals.past_due_days)
    group by tranches.tranche_order, tranches.tranche_code
)

select
    tranche_totals.tranche_code,
    cast(tranche_totals.invoice_count as bigint) as invoice_count,
    cast(tranche_totals.open_amount as decimal(21, 3)) as amount,
    case
        when year_sales.sales_amount > 0
            then cast(
                cast(tranche_totals.open_amount as decimal(50, 8))
                / cast(year_sales.sales_amount as decimal(27, 3)) as decimal(18, 6)
            )
    end as share_of_sales_ratio,
    'vat_included' as basis_code,
    cast(tranche_totals.excluded_count as bigint) as excluded_count,
    cast(tranche_totals.excluded_amount as decimal(21, 3)) as excluded_amount,
    publication.is_publishable
from tranche_totals
cross join year_sales
cross join publication
order by tranche_totals.tranche_order
