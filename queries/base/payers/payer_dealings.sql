-- payer_dealings: what was billed to a customer, contested, lost, paid in parts, promised.
--
-- grain:   one picture and customer with an item posted by then
-- key:     picture_date, company_id, customer_id
-- source:  payer_days, known_items, item_details, known_allocations, settled_spells,
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

with issued as (
    select
        payer_days.picture_date,
        known_items.company_id,
        known_items.customer_id,
        known_items.item_number,
        known_items.answer_amount,
        case
            when $in_base
                then money(
                    cast(item_details.margin_amount as decimal(41, 3))
                    * known_items.answer_amount / nullif(known_items.amount, 0),
                    $decimals
                )
            else item_details.margin_amount
        end as margin_amount
    from known_items
    cross join payer_days
    left join item_details on known_items.item_number = item_details.item_number
    where
        known_items.kind = 'invoice'
        and known_items.is_debit
        and known_items.issued_date > payer_days.window_date
        and known_items.issued_date <= payer_days.picture_date
        and known_items.posted_date <= payer_days.picture_date
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

issued_sums as (
    select
        issued.picture_date,
        issued.company_id,
        issued.customer_id,
        count(*) as item_count,
        sum(issued.answer_amount) as billed_amount,
        sum(issued.margin_amount) as margin_amount,
        sum(case when issued.margin_amount is not null then issued.answer_amount end)
            as margin_base_amount,
        sum(case when contests.from_date <= issued.picture_date then 1 else 0 end)
            as disputed_count,
        sum(case when contests.lost_date <= issued.picture_date then 1 else 0 end) as lost_count
    from issued
    left join contests on issued.item_number = contests.item_number
    group by issued.picture_date, issued.company_id, issued.customer_id
),

credits as (
    select
        known_allocations.debit_item_number as item_number,
        count(
            distinct case when known_items.kind = 'receipt' then known_allocations.acting_date end
        ) as receipt_day_count,
        bool_or(known_items.kind = 'discount') as has_discount
    from known_allocations
    inner join known_items on known_allocations.credit_item_number = known_items.item_number
    where known_allocations.amount > 0
    group by known_allocations.debit_item_number
),

settled as (
    select
        payer_days.picture_date,
        known_items.company_id,
        known_items.customer_id,
        count(*) as ever_settled_count,
        sum(case when settled_spells.settled_date > payer_days.window_date then 1 else 0 end)
            as settled_count,
        sum(
            case
                when
                    settled_spells.settled_date > payer_days.window_date
                    and credits.receipt_day_count > 1
                    then 1
                else 0
            end
        ) as partial_count,
        sum(
            case
                when settled_spells.settled_date > payer_days.window_date and credits.has_discount
                    then 1
                else 0
            end
        ) as discount_count
    from settled_spells
    inner join known_items on settled_spells.item_number = known_items.item_number
    cross join payer_days
    left join credits on settled_spells.item_number = credits.item_number
    where
        settled_spells.is_cash
        and settled_spells.from_date <= payer_days.picture_date
        and (
            settled_spells.until_date is null
            or settled_spells.until_date > payer_days.picture_date
        )
    group by payer_days.picture_date, known_items.company_id, known_items.customer_id
),

postings as (
    select
        payer_days.picture_date,
        known_items.company_id,
        known_items.customer_id,
        max(case when known_items.kind = 'invoice' then known_items.issued_date end)
            as last_issued_date,
        min(known_items.posted_date) as first_posted_date,
        bool_or(known_items.kind = 'opening') as is_brought_forward,
        min(min(known_items.posted_date)) over (
            partition by payer_days.picture_date, known_items.company_id
        ) <= payer_days.window_date as is_window_known,
        sum(
            case
                when known_items.kind = 'receipt'
                    and known_items.posted_date > payer_days.window_date then 1
                else 0
            end
        ) as receipt_count,
        sum(
            case
                when known_items.kind = 'returned_receipt'
                    and known_items.posted_date > payer_days.window_date then 1
                else 0
            end
        ) as returned_count,
        sum(
            case
                when known_items.kind = 'factored'
                    and known_items.posted_date > payer_days.window_date then 1
                else 0
            end
        ) as factored_count
    from known_items
    cross join payer_days
    where known_items.posted_date <= payer_days.picture_date
    group by
        payer_days.picture_date,
        payer_days.window_date,
        known_items.company_id,
        known_items.customer_id
),

-- what is written off leaves the balance, not the memory
doubtful as (
    select
        payer_days.picture_date,
        known_items.company_id,
        known_items.customer_id,
        count(*) as doubtful_count
    from known_items
    cross join payer_days
    left join settled_spells
        on known_items.item_number = settled_spells.item_number
        and settled_spells.until_date is null
    where
        known_items.is_doubtful
        and known_items.is_debit
        and known_items.posted_date <= payer_days.picture_date
        and (
            settled_spells.settled_date is null
            or settled_spells.settled_date > payer_days.window_date
        )
    group by payer_days.picture_date, known_items.company_id, known_items.customer_id
),

promises as (
    select
        payer_days.picture_date,
        promise_outcomes.company_id,
        promise_outcomes.customer_id,
        count(*) as promise_count,
        sum(case when promise_outcomes.status_code = 'broken' then 1 else 0 end) as broken_count
    from promise_outcomes
    cross join payer_days
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
