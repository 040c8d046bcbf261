-- chosen_penalties: what was agreed and decided about the late payment of a claim.
--
-- grain:   one of late_claims that a line of penalty_choices holds for
-- key:     item_number
-- source:  late_claims, penalty_choices
-- params:  $as_of date
-- columns:
--   item_number         int    the item, of known_items
--   contract_ratio      ratio  yearly rate of the contract; null for the law's
--   claim_code          text   claimed, waived, invoiced; null where nobody decided
--   decider_name        text   who decided it
--   decided_date        date   when

with choices as (
    select
        penalty_choices.company_id,
        penalty_choices.customer_id,
        penalty_choices.item_id,
        penalty_choices.rate_ratio,
        penalty_choices.claim_code,
        penalty_choices.decider_name,
        penalty_choices.decided_date,
        case
            when penalty_choices.item_id is not null then 3
            when penalty_choices.customer_id is not null then 2
            when penalty_choices.company_id is not null then 1
            else 0
        end as choice_rank
    from penalty_choices
    where penalty_choices.decided_date is null or penalty_choices.decided_date <= $as_of
),

-- a line of an item, of a customer, of all: each is looked up by what it names
named_claims as (
    select
        late_claims.item_number,
        late_claims.debtor_code,
        choices.company_id,
        choices.rate_ratio,
        choices.claim_code,
        choices.decider_name,
        choices.decided_date,
        choices.choice_rank
    from late_claims
    inner join choices on late_claims.item_id = choices.item_id
    where
        (choices.company_id is null or choices.company_id = late_claims.company_id)
        and (choices.customer_id is null or choices.customer_id = late_claims.customer_id)
    union all
    select
        late_claims.item_number,
        late_claims.debtor_code,
        choices.company_id,
        choices.rate_ratio,
        choices.claim_code,
        choices.decider_name,
        choices.decided_date,
        choices.choice_rank
    from late_claims
    inner join choices on late_claims.customer_id = choices.customer_id
    where
        choices.item_id is null
        and (choices.company_id is null or choices.company_id = late_claims.company_id)
    union all
    select
        late_claims.item_number,
        late_claims.debtor_code,
        choices.company_id,
        choices.rate_ratio,
        choices.claim_code,
        choices.decider_name,
        choices.decided_date,
        choices.choice_rank
    from late_claims
    cross join choices
    where
        choices.item_id is null
        and choices.customer_id is null
        and (choices.company_id is null or choices.company_id = late_claims.company_id)
),

-- of several lines the most precise, then the latest
ranked_rates as (
    select
        named_claims.item_number,
        named_claims.rate_ratio,
        row_number() over (
            partition by named_claims.item_number
            order by
                named_claims.choice_rank desc,
                named_claims.decided_date desc nulls last,
                named_claims.company_id nulls last,
                named_claims.rate_ratio
        ) as rate_rank
    from named_claims
    -- general terms bind no public body: its rate is the decree's
    where
        named_claims.rate_ratio is not null
        and (named_claims.choice_rank >= 2 or named_claims.debtor_code <> 'public_body')
),

ranked_decisions as (
    select
        named_claims.item_number,
        named_claims.claim_code,
        named_claims.decider_name,
        named_claims.decided_date,
        row_number() over (
            partition by named_claims.item_number
            order by
                named_claims.choice_rank desc,
                named_claims.decided_date desc nulls last,
                named_claims.company_id nulls last,
                named_claims.claim_code,
                named_claims.decider_name
        ) as decision_rank
    from named_claims
    where named_claims.claim_code is not null
),

rates as (
    select
        ranked_rates.item_number,
        ranked_rates.rate_ratio
    from ranked_rates
    where ranked_rates.rate_rank = 1
),

decisions as (
    select
        ranked_decisions.item_number,
        ranked_decisions.claim_code,
        ranked_decisions.decider_name,
        ranked_decisions.decided_date
    from ranked_decisions
    where ranked_decisions.decision_rank = 1
)

select
    coalesce(rates.item_number, decisions.item_number) as item_number,
    rates.rate_ratio as contract_ratio,
    decisions.claim_code,
    decisions.decider_name,
    decisions.decided_date
from rates
full outer join decisions on rates.item_number = decisions.item_number
