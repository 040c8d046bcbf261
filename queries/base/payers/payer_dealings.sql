-- payer_dealings: what was billed to a customer, contested, lost, paid in parts, promised.
--
-- grain:   one picture and customer with an item posted by then
-- key:     picture_date, company_id, customer_id
-- source:  payer_days, payer_bounds, known_items, told_details, known_allocations, settled_spells,
--          contested_items, reasons, promise_outcomes
-- params:  $in_base flag, $decimals int
-- columns:
--   picture_date            date   the day of the picture
--   company_id              text   whose receivables they are
--   customer_id             text   who was billed
--   item_count              int    invoices issued in the 12 months before
--   billed_amount           money  what they amount to
--   margin_ratio            ratio  margin of those whose margin is known, of their amounts
--   last_issued_date        date   the last invoice; null if there never was one
--   ever_settled_count      int    claims paid by then, however long ago
--   first_posted_date       date   its first item; of a balance brought forward null
--   is_window_known         flag   the books of the company reach back beyond the 12 months
--   disputed_ratio          ratio  of item_count: held up by a reason
--   lost_invoice_ratio      ratio  of item_count: never reached who pays
--   partial_payment_ratio   ratio  of the items paid in the 12 months before: by several receipts
--   discount_ratio          ratio  of these: less a discount
--   returned_payment_ratio  ratio  of the receipts of the 12 months before: taken back
--   factored_count          int    items sold to a factor in the 12 months before
--   doubtful_count          int    on doubtful accounts, open or closed in the 12 months
--   promise_count           int    promises that fell due in the 12 months before
--   broken_promise_ratio    ratio  of these: broken; null if there were none

with first_window as (
    select min(payer_days.window_date) as first_date
    from payer_days
),

contests as (
    select
        contested_items.item_number,
        min(contested_items.from_date) as from_date,
        min(case when reasons.is_lost_invoice then contested_items.from_date end) as lost_date
    from contested_items
    left join reasons on contested_items.reason_code = reasons.reason_code
    group by contested_items.item_number
),

invoices as (
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.issued_date,
        known_items.posted_date,
        contests.from_date,
        contests.lost_date,
        known_items.answer_amount,
        case
            when $in_base
                then money(
                    cast(told_details.margin_amount as decimal(41, 3))
                    * known_items.answer_amount / nullif(known_items.amount, 0),
                    $decimals
                )
            else told_details.margin_amount
        end as margin_amount
    from known_items
    cross join first_window
    left join told_details on known_items.item_number = told_details.item_number
    left join contests on known_items.item_number = contests.item_number
    where
        known_items.kind = 'invoice'
        and known_items.is_debit
        and known_items.issued_date > first_window.first_date
),

-- a day outside of the bounds stands for itself
invoice_sums as (
    select
        invoices.company_id,
        invoices.customer_id,
        coalesce(issued.bound_date, invoices.issued_date) as issued_date,
        coalesce(posted.bound_date, invoices.posted_date) as posted_date,
        coalesce(contested.bound_date, invoices.from_date) as from_date,
        coalesce(lost.bound_date, invoices.lost_date) as lost_date,
        count(*) as item_count,
        sum(invoices.answer_amount) as billed_amount,
        sum(invoices.margin_amount) as margin_amount,
        sum(invoices.answer_amount) filter (where invoices.margin_amount is not null)
            as margin_base_amount
    from invoices
    left join payer_bounds as issued on invoices.issued_date = issued.day_date
    left join payer_bounds as posted on invoices.posted_date = posted.day_date
    left join payer_bounds as contested on invoices.from_date = contested.day_date
    left join payer_bounds as lost on invoices.lost_date = lost.day_date
    group by
        invoices.company_id,
        invoices.customer_id,
        coalesce(issued.bound_date, invoices.issued_date),
        coalesce(posted.bound_date, invoices.posted_date),
        coalesce(contested.bound_date, invoices.from_date),
        coalesce(lost.bound_date, invoices.lost_date)
),

issued_sums as (
    select
        payer_days.picture_date,
        invoice_sums.company_id,
        invoice_sums.customer_id,
        sum(invoice_sums.item_count) as item_count,
        sum(invoice_sums.billed_amount) as billed_amount,
        sum(invoice_sums.margin_amount) as margin_amount,
        sum(invoice_sums.margin_base_amount) as margin_base_amount,
        coalesce(
            sum(invoice_sums.item_count)
                filter (where invoice_sums.from_date <= payer_days.picture_date),
            0
        ) as disputed_count,
        coalesce(
            sum(invoice_sums.item_count)
                filter (where invoice_sums.lost_date <= payer_days.picture_date),
            0
        ) as lost_count
    from payer_days
    inner join invoice_sums
        on invoice_sums.issued_date > payer_days.window_date
        and invoice_sums.issued_date <= payer_days.picture_date
        and invoice_sums.posted_date <= payer_days.picture_date
    group by payer_days.picture_date, invoice_sums.company_id, invoice_sums.customer_id
),

paid as (
    select
        settled_spells.item_number,
        settled_spells.company_id,
        settled_spells.customer_id,
        settled_spells.settled_date,
        settled_spells.from_date,
        settled_spells.until_date
    from settled_spells
    where settled_spells.is_cash
),

-- of what was paid in a window: by receipts of several days, less a discount
credits as (
    select
        known_allocations.debit_item_number as item_number,
        min(known_allocations.acting_date)
            filter (where known_allocations.credit_kind = 'receipt')
        < max(known_allocations.acting_date)
            filter (where known_allocations.credit_kind = 'receipt') as is_in_parts,
        bool_or(known_allocations.credit_kind = 'discount') as has_discount
    from known_allocations
    left semi join (
        select paid.item_number
        from paid
        cross join first_window
        where paid.settled_date > first_window.first_date
    ) as recent
        on known_allocations.debit_item_number = recent.item_number
    where known_allocations.amount > 0
    group by known_allocations.debit_item_number
),

paid_sums as (
    select
        paid.company_id,
        paid.customer_id,
        settled.bound_date as settled_date,
        known.bound_date as from_date,
        coalesce(until.bound_date, paid.until_date) as until_date,
        count(*) as item_count,
        count(*) filter (where credits.is_in_parts) as partial_count,
        count(*) filter (where credits.has_discount) as discount_count
    from paid
    cross join first_window
    left join credits on paid.item_number = credits.item_number
    inner join payer_bounds as settled
        on greatest(paid.settled_date, first_window.first_date) = settled.day_date
    inner join payer_bounds as known
        on greatest(paid.from_date, first_window.first_date) = known.day_date
    left join payer_bounds as until on paid.until_date = until.day_date
    group by
        paid.company_id,
        paid.customer_id,
        settled.bound_date,
        known.bound_date,
        coalesce(until.bound_date, paid.until_date)
),

settled as (
    select
        payer_days.picture_date,
        paid_sums.company_id,
        paid_sums.customer_id,
        sum(paid_sums.item_count) as ever_settled_count,
        coalesce(
            sum(paid_sums.item_count)
                filter (where paid_sums.settled_date > payer_days.window_date),
            0
        ) as settled_count,
        coalesce(
            sum(paid_sums.partial_count)
                filter (where paid_sums.settled_date > payer_days.window_date),
            0
        ) as partial_count,
        coalesce(
            sum(paid_sums.discount_count)
                filter (where paid_sums.settled_date > payer_days.window_date),
            0
        ) as discount_count
    from payer_days
    inner join paid_sums
        on paid_sums.from_date <= payer_days.picture_date
        and (paid_sums.until_date is null or paid_sums.until_date > payer_days.picture_date)
    group by payer_days.picture_date, paid_sums.company_id, paid_sums.customer_id
),

posting_sums as (
    select
        known_items.company_id,
        known_items.customer_id,
        payer_bounds.bound_date as posted_date,
        min(known_items.posted_date) as first_posted_date,
        max(known_items.issued_date) filter (where known_items.kind = 'invoice')
            as last_issued_date,
        bool_or(known_items.kind = 'opening') as is_brought_forward,
        count(*) filter (where known_items.kind = 'receipt') as receipt_count,
        count(*) filter (where known_items.kind = 'returned_receipt') as returned_count,
        count(*) filter (where known_items.kind = 'factored') as factored_count
    from known_items
    cross join first_window
    inner join payer_bounds
        on greatest(known_items.posted_date, first_window.first_date) = payer_bounds.day_date
    group by known_items.company_id, known_items.customer_id, payer_bounds.bound_date
),

postings as (
    select
        payer_days.picture_date,
        posting_sums.company_id,
        posting_sums.customer_id,
        max(posting_sums.last_issued_date) as last_issued_date,
        min(posting_sums.first_posted_date) as first_posted_date,
        bool_or(posting_sums.is_brought_forward) as is_brought_forward,
        min(min(posting_sums.first_posted_date)) over (
            partition by payer_days.picture_date, posting_sums.company_id
        ) <= payer_days.window_date as is_window_known,
        coalesce(
            sum(posting_sums.receipt_count)
                filter (where posting_sums.posted_date > payer_days.window_date),
            0
        ) as receipt_count,
        coalesce(
            sum(posting_sums.returned_count)
                filter (where posting_sums.posted_date > payer_days.window_date),
            0
        ) as returned_count,
        coalesce(
            sum(posting_sums.factored_count)
                filter (where posting_sums.posted_date > payer_days.window_date),
            0
        ) as factored_count
    from payer_days
    inner join posting_sums on posting_sums.posted_date <= payer_days.picture_date
    group by
        payer_days.picture_date,
        payer_days.window_date,
        posting_sums.company_id,
        posting_sums.customer_id
),

-- what is written off leaves the balance, not the memory
doubtful_items as (
    select
        known_items.item_number,
        known_items.company_id,
        known_items.customer_id,
        known_items.posted_date
    from known_items
    where known_items.is_doubtful and known_items.is_debit
),

doubtful as (
    select
        payer_days.picture_date,
        doubtful_items.company_id,
        doubtful_items.customer_id,
        count(*) as doubtful_count
    from payer_days
    cross join doubtful_items
    left join settled_spells
        on doubtful_items.item_number = settled_spells.item_number
        and settled_spells.until_date is null
    where
        doubtful_items.posted_date <= payer_days.picture_date
        and (
            settled_spells.settled_date is null
            or settled_spells.settled_date > payer_days.window_date
        )
    group by payer_days.picture_date, doubtful_items.company_id, doubtful_items.customer_id
),

promises as (
    select
        payer_days.picture_date,
        promise_outcomes.company_id,
        promise_outcomes.customer_id,
        count(*) as promise_count,
        sum(case when promise_outcomes.status_code = 'broken' then 1 else 0 end) as broken_count
    from payer_days
    cross join promise_outcomes
    where
        promise_outcomes.verdict_date > payer_days.window_date
        and promise_outcomes.verdict_date <= payer_days.picture_date
    group by payer_days.picture_date, promise_outcomes.company_id, promise_outcomes.customer_id
)

select
    postings.picture_date,
    postings.company_id,
    postings.customer_id,
    coalesce(issued_sums.item_count, 0) as item_count,
    cast(coalesce(issued_sums.billed_amount, 0) as decimal(21, 3)) as billed_amount,
    cast(
        cast(issued_sums.margin_amount as decimal(50, 10))
        / nullif(cast(issued_sums.margin_base_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as margin_ratio,
    postings.last_issued_date,
    coalesce(settled.ever_settled_count, 0) as ever_settled_count,
    case
        when not postings.is_brought_forward then postings.first_posted_date
    end as first_posted_date,
    postings.is_window_known,
    cast(cast(issued_sums.disputed_count as decimal(38, 12)) / issued_sums.item_count
        as decimal(18, 6)) as disputed_ratio,
    cast(cast(issued_sums.lost_count as decimal(38, 12)) / issued_sums.item_count
        as decimal(18, 6)) as lost_invoice_ratio,
    cast(cast(settled.partial_count as decimal(38, 12)) / nullif(settled.settled_count, 0)
        as decimal(18, 6)) as partial_payment_ratio,
    cast(cast(settled.discount_count as decimal(38, 12)) / nullif(settled.settled_count, 0)
        as decimal(18, 6)) as discount_ratio,
    cast(cast(postings.returned_count as decimal(38, 12)) / nullif(postings.receipt_count, 0)
        as decimal(18, 6)) as returned_payment_ratio,
    postings.factored_count,
    coalesce(doubtful.doubtful_count, 0) as doubtful_count,
    coalesce(promises.promise_count, 0) as promise_count,
    cast(cast(promises.broken_count as decimal(38, 12)) / promises.promise_count
        as decimal(18, 6)) as broken_promise_ratio
from postings
left join issued_sums
    on postings.picture_date = issued_sums.picture_date
    and postings.company_id = issued_sums.company_id
    and postings.customer_id = issued_sums.customer_id
left join settled
    on postings.picture_date = settled.picture_date
    and postings.company_id = settled.company_id
    and postings.customer_id = settled.customer_id
left join doubtful
    on postings.picture_date = doubtful.picture_date
    and postings.company_id = doubtful.company_id
    and postings.customer_id = doubtful.customer_id
left join promises
    on postings.picture_date = promises.picture_date
    and postings.company_id = promises.company_id
    and postings.customer_id = promises.customer_id
