-- cause_costs: what each reason of the last twelve months costs: credits, losses, waiting, work.
--
-- grain:   one reason with a contest in the 12 months up to $as_of
-- key:     reason_code
-- source:  root_causes, contest_measures, known_allocations, cost_rates
-- params:  $decimals int
-- columns:
--   reason_code         text     why
--   owner               text     who can remove it; `unknown` likewise
--   dispute_count       int      contests; a dispute of several items is one
--   credited_amount     money    credit notes given on these items since the contest
--   written_off_amount  money    written off on them since
--   cash_cost_amount    money    contested part × days × annual rate / 365
--   work_hours          decimal  minutes that a dispute takes, in hours
--   work_cost_amount    money    those hours at what a minute costs
--   cost_amount         money    losses, waiting and work; a credit note that was due costs nothing

-- An allocation belongs to the last contest of its item that had begun: it is counted once.
with losses as (
    select
        contest_measures.reason_code,
        known_allocations.credit_kind,
        known_allocations.answer_amount,
        row_number() over (
            partition by
                known_allocations.debit_item_number,
                known_allocations.credit_item_number,
                known_allocations.acting_date
            order by contest_measures.from_date desc, contest_measures.contest_id
        ) as contest_order
    from known_allocations
    inner join contest_measures
        on known_allocations.debit_item_number = contest_measures.item_number
    where
        contest_measures.is_recent
        and known_allocations.credit_kind in ('credit_note', 'write_off')
        and known_allocations.acting_date >= contest_measures.from_date
),

sums as (
    select
        losses.reason_code,
        sum(case when losses.credit_kind = 'credit_note' then losses.answer_amount else 0 end)
            as credited_amount,
        sum(case when losses.credit_kind = 'write_off' then losses.answer_amount else 0 end)
            as written_off_amount
    from losses
    where losses.contest_order = 1
    group by losses.reason_code
),

costs as (
    select
        root_causes.reason_code,
        root_causes.owner,
        root_causes.dispute_count,
        coalesce(sums.credited_amount, 0) as credited_amount,
        coalesce(sums.written_off_amount, 0) as written_off_amount,
        root_causes.cash_cost_amount,
        root_causes.dispute_count * cost_rates.dispute_minute_count as work_minute_count,
        root_causes.dispute_count * cost_rates.dispute_minute_count * cost_rates.minute_amount
            as work_cost_amount
    from root_causes
    cross join cost_rates
    left join sums on root_causes.reason_code = sums.reason_code
)

select
    costs.reason_code,
    costs.owner,
    costs.dispute_count,
    cast(costs.credited_amount as decimal(21, 3)) as credited_amount,
    cast(costs.written_off_amount as decimal(21, 3)) as written_off_amount,
    costs.cash_cost_amount,
    cast(cast(costs.work_minute_count as decimal(38, 8)) / 60 as decimal(18, 4)) as work_hours,
    money(costs.work_cost_amount, $decimals) as work_cost_amount,
    cast(
        costs.written_off_amount + costs.cash_cost_amount
        + money(costs.work_cost_amount, $decimals) as decimal(21, 3)
    ) as cost_amount
from costs
order by cost_amount desc, costs.reason_code
