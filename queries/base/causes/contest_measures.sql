-- contest_measures: what each hold-up of an invoice weighs, and what it did to its payment.
--
-- grain:   one contest and debit item
-- key:     contest_id, item_number
-- source:  contested_items, known_items, customers, item_details, item_balances, settled_spells
-- params:  $as_of date, $in_base flag, $decimals int
-- columns:
--   contest_id        text     of contested_items
--   item_number       int      the item, of known_items
--   contest_code      text     one for all items of a dispute
--   source_code       text     dispute, event or action
--   reason_code       text     why
--   company_id        text     whose item it is
--   customer_id       text     who contests
--   customer_name     text     its name, or its identifier where it has none
--   site              text     `unknown` where nobody said
--   product_line      text     `unknown` where nobody said
--   salesperson       text     `unknown` where nobody said
--   month_code        text     month of from_date, as 2025-03
--   from_date         date     the day it was told
--   ended_date        date     the day it ended or the item was settled; null while it holds
--   is_recent         flag     begun in the 12 months up to $as_of; undated: item issued then
--   amount            money    the part contested, in the answer's currency
--   amount_days       money    that × days from from_date to the end, or to $as_of while it holds
--   open_amount       money    the part still contested and open on $as_of
--   is_open           flag     it holds, and something is open
--   age_days          int      from from_date to $as_of
--   cycle_days        int      from from_date to its close; null while it holds, or undated
--   is_settled_meanwhile flag  the item was settled before it closed
--   days_late_added   decimal  see below; on the item's first contest for the reason, else null
--   is_ruled          flag     a dispute that was closed, so that its outcome is known
--   is_credited       flag     closed by a credit: the customer was right
--   is_repeated       flag     the customer contested another time before for the same reason
--   is_undated        flag     nobody said when it was opened: it holds for the item's whole life

-- Days late added: those of the contested item, settled by cash, less the mean of the items of the
-- same payer that nobody ever contested and that cash settled in the 12 months up to $as_of. Null
-- where the payer has none: a payer is compared with itself only.
with paid_items as (
    select
        settled_spells.item_number,
        known_items.company_id,
        known_items.customer_id,
        settled_spells.settled_date,
        settled_spells.settled_date - known_items.due_date as late_days
    from settled_spells
    inner join known_items on settled_spells.item_number = known_items.item_number
    where
        settled_spells.until_date is null
        and settled_spells.is_cash
        and known_items.due_date is not null
),

ever_contested as (
    select distinct contested_items.item_number
    from contested_items
),

payer_means as (
    select
        paid_items.company_id,
        paid_items.customer_id,
        cast(sum(paid_items.late_days) as decimal(38, 6)) / count(*) as mean_days
    from paid_items
    left anti join ever_contested on paid_items.item_number = ever_contested.item_number
    where paid_items.settled_date > $as_of - interval '12 months'
    group by paid_items.company_id, paid_items.customer_id
),

placed_contests as (
    select
        contested_items.contest_id,
        contested_items.item_number,
        case
            when contested_items.source_code = 'dispute'
                then known_items.company_id || ' ' || contested_items.contest_id
            else cast(contested_items.item_number as varchar) || ' ' || contested_items.contest_id
        end as contest_code,
        contested_items.source_code,
        contested_items.reason_code,
        contested_items.from_date,
        contested_items.to_date,
        contested_items.ended_date,
        contested_items.settled_date,
        contested_items.outcome_code,
        contested_items.is_undated,
        known_items.company_id,
        known_items.customer_id,
        case
            when contested_items.is_undated then known_items.issued_date
            else contested_items.from_date
        end as begun_date,
        case
            when not $in_base then contested_items.contested_amount
            else money(
                cast(contested_items.contested_amount as decimal(41, 3))
                * known_items.answer_amount / nullif(known_items.amount, 0),
                $decimals
            )
        end as amount,
        greatest(coalesce(contested_items.ended_date, $as_of) - contested_items.from_date, 0)
            as held_days,
        min(contested_items.from_date) over (
            partition by
                known_items.company_id, known_items.customer_id, contested_items.reason_code
        ) as first_date,
        row_number() over (
            partition by contested_items.item_number, contested_items.reason_code
            order by contested_items.from_date, contested_items.contest_id
        ) as contest_order
    from contested_items
    inner join known_items on contested_items.item_number = known_items.item_number
)

select
    placed_contests.contest_id,
    placed_contests.item_number,
    placed_contests.contest_code,
    placed_contests.source_code,
    placed_contests.reason_code,
    placed_contests.company_id,
    placed_contests.customer_id,
    coalesce(customers.name, placed_contests.customer_id) as customer_name,
    coalesce(item_details.site, 'unknown') as site,
    coalesce(item_details.product_line, 'unknown') as product_line,
    coalesce(item_details.salesperson, 'unknown') as salesperson,
    to_char(placed_contests.from_date, '%Y-%m') as month_code,
    placed_contests.from_date,
    placed_contests.ended_date,
    placed_contests.begun_date > cast($as_of as date) - interval '12 months' as is_recent,
    placed_contests.amount,
    cast(
        cast(placed_contests.amount as decimal(31, 3)) * placed_contests.held_days
        as decimal(21, 3)
    ) as amount_days,
    cast(
        case
            when placed_contests.ended_date is not null then 0
            else greatest(
                least(placed_contests.amount, coalesce(item_balances.open_amount, 0)), 0
            )
        end as decimal(21, 3)
    ) as open_amount,
    placed_contests.ended_date is null and coalesce(item_balances.open_amount, 0) > 0 as is_open,
    $as_of - placed_contests.from_date as age_days,
    case
        when placed_contests.to_date <= $as_of and not placed_contests.is_undated
            then greatest(placed_contests.to_date - placed_contests.from_date, 0)
    end as cycle_days,
    coalesce(placed_contests.settled_date < placed_contests.to_date, false)
    and not placed_contests.is_undated as is_settled_meanwhile,
    case
        when placed_contests.contest_order = 1
            then cast(paid_items.late_days - payer_means.mean_days as decimal(18, 4))
    end as days_late_added,
    placed_contests.source_code = 'dispute' and placed_contests.to_date is not null as is_ruled,
    coalesce(placed_contests.outcome_code = 'credited', false) as is_credited,
    placed_contests.first_date < placed_contests.from_date as is_repeated,
    placed_contests.is_undated
from placed_contests
left join customers
    on placed_contests.company_id = coalesce(customers.company_id, '')
    and placed_contests.customer_id = customers.customer_id
left join item_details on placed_contests.item_number = item_details.item_number
left join item_balances on placed_contests.item_number = item_balances.item_number
left join paid_items on placed_contests.item_number = paid_items.item_number
left join payer_means
    on placed_contests.company_id = payer_means.company_id
    and placed_contests.customer_id = payer_means.customer_id
