-- late_spans: from when to when which part of a claim was overdue.
--
-- grain:   one of late_claims that was really paid late and span in which the same was open
-- key:     item_number, from_date
-- source:  late_claims, late_payments, penalty_terms, settlement_tolerance
-- params:  $as_of date
-- columns:
--   item_number     int    the item, of known_items
--   from_date       date   first day
--   to_date         date   last day: that of a payment, or $as_of
--   is_first        flag   the item's first span
--   overdue_amount  money  overdue on each of these days, in the item's own currency

with claim_sums as (
    select
        late_payments.item_number,
        sum(
            case
                when late_payments.paid_date < late_claims.first_date then late_payments.amount
                else 0
            end
        ) as early_amount,
        -- what is paid on the as-of day itself bears interest to its end
        sum(case when late_payments.paid_date < $as_of then late_payments.amount else 0 end)
            as past_amount,
        sum(late_payments.amount) as amount,
        max(late_payments.paid_date) as last_date
    from late_payments
    inner join late_claims on late_payments.item_number = late_claims.item_number
    group by late_payments.item_number
),

claim_states as (
    select
        late_claims.item_number,
        late_claims.first_date,
        late_claims.amount,
        late_claims.amount - coalesce(claim_sums.early_amount, 0) as first_amount,
        late_claims.amount - coalesce(claim_sums.past_amount, 0) as last_amount,
        case
            when late_claims.amount > coalesce(claim_sums.amount, 0) then $as_of
            else claim_sums.last_date
        end as last_date,
        penalty_terms.settled_days
    from late_claims
    inner join penalty_terms on late_claims.debtor_code = penalty_terms.debtor_code
    left join claim_sums on late_claims.item_number = claim_sums.item_number
),

-- late is who still owes more than the tolerance when interest begins to run
late_states as (
    select
        claim_states.item_number,
        claim_states.first_date,
        claim_states.first_amount,
        claim_states.last_amount
    from claim_states
    cross join settlement_tolerance
    where
        claim_states.first_amount > case
            when claim_states.amount <= settlement_tolerance.tolerance_amount then 0
            else greatest(
                settlement_tolerance.tolerance_amount,
                floor(claim_states.amount * settlement_tolerance.tolerance_ratio * 1000) / 1000
            )
        end
        and cast($as_of - claim_states.last_date as bigint) < claim_states.settled_days
),

-- each item begins with what is open on the first day and ends with 0
events as (
    select
        late_states.item_number,
        cast(late_states.first_date - interval '1 day' as date) as event_date,
        true as is_first,
        late_states.first_amount as change_amount
    from late_states
    union all
    select
        late_payments.item_number,
        late_payments.paid_date as event_date,
        false as is_first,
        -late_payments.amount as change_amount
    from late_payments
    inner join late_states on late_payments.item_number = late_states.item_number
    where
        late_payments.paid_date >= late_states.first_date
        and late_payments.paid_date < $as_of
    union all
    select
        late_states.item_number,
        $as_of as event_date,
        false as is_first,
        -late_states.last_amount as change_amount
    from late_states
    where late_states.last_amount <> 0
),

-- One running sum over all items in turn, as in item_steps: a window for each item would cost many
-- times the work. Where nothing is left open, the next event is another item's.
states as (
    select
        events.item_number,
        events.event_date,
        events.is_first,
        sum(events.change_amount) over (
            order by events.item_number, events.event_date
            rows between unbounded preceding and current row
        ) as open_amount,
        lead(events.event_date) over (order by events.item_number, events.event_date)
            as next_date
    from events
)

select
    states.item_number,
    cast(states.event_date + interval '1 day' as date) as from_date,
    states.next_date as to_date,
    states.is_first,
    cast(states.open_amount as decimal(21, 3)) as overdue_amount
from states
where states.open_amount > 0
