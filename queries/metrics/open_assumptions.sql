-- open_assumptions: how much of what is open rests on something the sources did not say.
--
-- grain:   one assumption that an open item rests on
-- key:     assumption_code
-- source:  item_balances, allocated_days, dispute_spans, receivables_by_day, item_lists,
--          fiscal_years
-- params:  $as_of date
-- columns:
--   assumption_code  text   due_date_derived, age_unknown, dispute_undated, currency_assumed,
--     allocation_inferred
--   item_count       int    open debit items that rest on it; for allocations, allocations
--   amount           money  open on them; for dispute_undated what is disputed; for allocations
--     of the last 12 months what they settled, which changes ages and never the total
--   share_ratio      ratio  amount / all open debit items; null for allocations, which are settled

-- What lists of open items no longer hold was settled: that is what they say, and no assumption.
with list_books as (
    select
        (select count(*) from item_lists) > 0
        and (select count(*) from fiscal_years) = 0 as are_lists
),

assumed_amounts as (
    select
        'due_date_derived' as assumption_code,
        count(*) as item_count,
        sum(item_balances.open_amount) as amount
    from item_balances
    where item_balances.due_is_derived and item_balances.open_amount > 0
    union all
    select
        'age_unknown' as assumption_code,
        count(*) as item_count,
        sum(item_balances.open_amount) as amount
    from item_balances
    where item_balances.past_due_days is null and item_balances.open_amount > 0
    union all
    select
        'dispute_undated' as assumption_code,
        count(distinct item_balances.item_number) as item_count,
        sum(item_balances.disputed_amount) as amount
    from item_balances
    inner join (
        select distinct dispute_spans.item_number
        from dispute_spans
        where dispute_spans.is_undated and dispute_spans.to_date is null
    ) as undated_disputes
        on item_balances.item_number = undated_disputes.item_number
    where item_balances.disputed_amount > 0
    union all
    -- ISO 4217: XXX is a transaction without a currency
    select
        'currency_assumed' as assumption_code,
        count(*) as item_count,
        sum(item_balances.open_amount) as amount
    from item_balances
    where item_balances.currency_code = 'XXX' and item_balances.open_amount > 0
    union all
    select
        'allocation_inferred' as assumption_code,
        coalesce(sum(allocated_days.allocation_count), 0) as item_count,
        sum(allocated_days.amount) as amount
    from allocated_days
    cross join list_books
    where
        allocated_days.is_inferred
        and not list_books.are_lists
        and allocated_days.acting_date > $as_of - interval '12 months'
)

select
    assumed_amounts.assumption_code,
    assumed_amounts.item_count,
    cast(assumed_amounts.amount as decimal(21, 3)) as amount,
    case
        when
            assumed_amounts.assumption_code <> 'allocation_inferred'
            and receivables_by_day.open_amount - receivables_by_day.unallocated_amount > 0
            then cast(
                cast(assumed_amounts.amount as decimal(50, 8))
                / cast(
                    receivables_by_day.open_amount - receivables_by_day.unallocated_amount
                    as decimal(27, 3)
                ) as decimal(18, 6)
            )
    end as share_ratio
from assumed_amounts
cross join receivables_by_day
where assumed_amounts.item_count > 0 and receivables_by_day.as_of_date = $as_of
order by amount desc, assumed_amounts.assumption_code
