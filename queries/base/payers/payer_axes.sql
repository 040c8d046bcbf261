-- payer_axes: the four axes of each customer and what they rest on.
--
-- grain:   one picture and customer with an item posted by then
-- key:     picture_date, company_id, customer_id
-- source:  payer_dealings, payer_days, payer_punctuality, payer_habits, payer_balances, customers,
--          customer_spans, actions, insolvent_customers, payer_thresholds, behaviours, stakes
-- params:  none
-- columns:
--   picture_date            date     the day of the picture
--   company_id              text     whose receivables they are
--   customer_id             text     who owes
--   customer_name           text     its name, or its identifier where it has none
--   country_code            text     where it is
--   payment_method          text     how it paid then, as its file said
--   status_code             text     insolvent … active, in the order of test; null where it may be
--                                    new and the books are too short to tell
--   behaviour_code          text     by at_risk_late_days; no_verdict for those who paid few items,
--                                    none if unknown
--   is_regular              flag     spread within bounds; null where nothing tells
--   cause_code              text     what carries most of its late amount × days, or unknown
--   stake_code              text     A, B or C by its share of twelve months' billing
--   drift_code              text     deteriorating, improving or stable
--   peer_late_days          decimal  mean at_risk_late_days of active customers of its country
--   item_count              int      as payer_dealings
--   billed_amount           money    as payer_dealings
--   margin_ratio            ratio    as payer_dealings
--   last_issued_date        date     as payer_dealings
--   ever_settled_count      int      as payer_dealings
--   settled_count           int      as payer_punctuality
--   past_due_count          int      as payer_punctuality
--   late_ratio              ratio    as payer_punctuality
--   late_amount_ratio       ratio    as payer_punctuality
--   settled_late_days       decimal  as payer_punctuality
--   at_risk_late_days       decimal  as payer_punctuality
--   median_late_days        decimal  as payer_punctuality
--   p90_late_days           decimal  as payer_punctuality
--   spread_days             decimal  as payer_punctuality
--   recent_late_days        decimal  as payer_punctuality
--   previous_late_days      decimal  as payer_punctuality
--   trend_days              decimal  as payer_punctuality
--   last_late_date          date     as payer_punctuality
--   process_ratio           ratio    as payer_punctuality
--   ability_ratio           ratio    as payer_punctuality
--   willingness_ratio       ratio    as payer_punctuality
--   promise_count           int      as payer_dealings
--   broken_promise_ratio    ratio    as payer_dealings
--   disputed_ratio          ratio    as payer_dealings
--   lost_invoice_ratio      ratio    as payer_dealings
--   partial_payment_ratio   ratio    as payer_dealings
--   discount_ratio          ratio    as payer_dealings
--   returned_payment_ratio  ratio    as payer_dealings
--   payment_pattern_code    text     as payer_habits
--   payment_days_text       text     as payer_habits
--   open_amount             money    as payer_balances
--   overdue_amount          money    as payer_balances
--   exposure_ratio          ratio    as payer_balances

with customer_facts as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        min(customers.name) as customer_name,
        min(customers.country_code) as country_code,
        min(customers.group_id) as group_id,
        bool_or(customers.is_public_body) as is_public_body,
        bool_or(customers.is_collective) as is_collective
    from customers
    group by coalesce(customers.company_id, ''), customers.customer_id
),

legal_days as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        min(actions.action_date) as legal_date
    from actions
    where actions.channel_code = 'legal'
    group by coalesce(actions.company_id, ''), actions.customer_id
),

billing as (
    select
        payer_dealings.picture_date,
        payer_dealings.company_id,
        payer_dealings.customer_id,
        sum(payer_dealings.billed_amount) over (
            partition by payer_dealings.picture_date
            order by payer_dealings.billed_amount desc, payer_dealings.customer_id
            rows between unbounded preceding and current row
        ) - payer_dealings.billed_amount as larger_amount,
        sum(payer_dealings.billed_amount) over (partition by payer_dealings.picture_date)
            as total_amount
    from payer_dealings
),

-- the fewest customers that bring 80 %: a customer belongs to them while the larger ones do not
-- reach it
stake_steps as (
    select
        stakes.stake_code,
        stakes.cumulative_ratio,
        coalesce(lag(stakes.cumulative_ratio) over (order by stakes.stake_order), 0)
            as from_ratio
    from stakes
),

staked as (
    select
        billing.picture_date,
        billing.company_id,
        billing.customer_id,
        min(stake_steps.stake_code) as stake_code
    from billing
    inner join stake_steps
        on billing.larger_amount >= billing.total_amount * stake_steps.from_ratio
        and (
            stake_steps.cumulative_ratio is null
            or billing.larger_amount < billing.total_amount * stake_steps.cumulative_ratio
        )
    group by billing.picture_date, billing.company_id, billing.customer_id
),

behaviour_steps as (
    select
        behaviours.behaviour_code,
        behaviours.last_days,
        lag(behaviours.last_days) over (order by behaviours.behaviour_order) as below_days
    from behaviours
),

behaving as (
    select
        payer_punctuality.picture_date,
        payer_punctuality.company_id,
        payer_punctuality.customer_id,
        behaviour_steps.behaviour_code
    from payer_punctuality
    inner join behaviour_steps
        on (
            behaviour_steps.below_days is null
            or payer_punctuality.at_risk_late_days > behaviour_steps.below_days
        )
        and (
            behaviour_steps.last_days is null
            or payer_punctuality.at_risk_late_days <= behaviour_steps.last_days
        )
),

told_statuses as (
    select
        payer_dealings.picture_date,
        payer_dealings.company_id,
        payer_dealings.customer_id,
        coalesce(customer_facts.customer_name, payer_dealings.customer_id) as customer_name,
        customer_facts.country_code,
        customer_spans.payment_method,
        case
            when
                customer_spans.status_code = 'insolvent'
                or payer_dealings.doubtful_count > 0
                or insolvent_customers.published_date <= payer_dealings.picture_date
                then 'insolvent'
            when
                customer_spans.status_code = 'legal'
                or legal_days.legal_date <= payer_dealings.picture_date
                then 'legal'
            when customer_facts.is_public_body then 'public'
            when customer_facts.group_id is not null then 'group'
            when
                customer_spans.status_code = 'factored'
                or payer_dealings.factored_count > 0
                then 'factored'
            when customer_facts.is_collective then 'collective'
            when
                payer_dealings.ever_settled_count < payer_thresholds.new_item_count
                and payer_dealings.is_window_known
                and payer_dealings.first_posted_date > payer_days.window_date
                then 'new'
            when
                (payer_dealings.last_issued_date is null and payer_dealings.is_window_known)
                or cast(payer_dealings.picture_date - payer_dealings.last_issued_date as bigint)
                > payer_thresholds.dormant_days
                then 'dormant'
            when
                payer_dealings.ever_settled_count < payer_thresholds.new_item_count
                and not payer_dealings.is_window_known
                and payer_dealings.first_posted_date is not null
                then null
            else 'active'
        end as status_code,
        payer_dealings.ever_settled_count < payer_thresholds.new_item_count as has_few_settled
    from payer_dealings
    inner join payer_days on payer_dealings.picture_date = payer_days.picture_date
    cross join payer_thresholds
    left join customer_facts
        on payer_dealings.company_id = customer_facts.company_id
        and payer_dealings.customer_id = customer_facts.customer_id
    left join customer_spans
        on payer_dealings.company_id = customer_spans.company_id
        and payer_dealings.customer_id = customer_spans.customer_id
        and (
            customer_spans.from_date is null
            or customer_spans.from_date <= payer_dealings.picture_date
        )
        and (
            customer_spans.until_date is null
            or customer_spans.until_date > payer_dealings.picture_date
        )
    left join insolvent_customers
        on payer_dealings.company_id = insolvent_customers.company_id
        and payer_dealings.customer_id = insolvent_customers.customer_id
    left join legal_days
        on payer_dealings.company_id = legal_days.company_id
        and payer_dealings.customer_id = legal_days.customer_id
),

statuses as (
    select
        told_statuses.picture_date,
        told_statuses.company_id,
        told_statuses.customer_id,
        told_statuses.customer_name,
        told_statuses.country_code,
        told_statuses.payment_method,
        told_statuses.status_code,
        told_statuses.has_few_settled
        and coalesce(told_statuses.status_code, 'new') in ('new', 'dormant', 'active')
            as is_little_known
    from told_statuses
),

peers as (
    select
        statuses.picture_date,
        statuses.country_code,
        cast(avg(payer_punctuality.at_risk_late_days) as decimal(18, 4)) as peer_late_days
    from statuses
    inner join payer_punctuality
        on statuses.picture_date = payer_punctuality.picture_date
        and statuses.company_id = payer_punctuality.company_id
        and statuses.customer_id = payer_punctuality.customer_id
    where statuses.status_code = 'active' and not statuses.is_little_known
    group by statuses.picture_date, statuses.country_code
)

-- A drift is outside of the payer's own spread when the medians differ by more than that spread
-- times drift_spread_ratio times sqrt(1/recent + 1/previous counts), compared here in squares: with
-- 2.5, about two and a half standard errors of a difference of medians.
select
    statuses.picture_date,
    statuses.company_id,
    statuses.customer_id,
    statuses.customer_name,
    statuses.country_code,
    statuses.payment_method,
    statuses.status_code,
    case
        when statuses.is_little_known then 'no_verdict'
        else coalesce(behaving.behaviour_code, 'none')
    end as behaviour_code,
    case
        when statuses.is_little_known then null
        else payer_punctuality.spread_days <= payer_thresholds.regular_days
    end as is_regular,
    case
        when statuses.is_little_known then 'unknown'
        when payer_punctuality.process_ratio >= payer_thresholds.cause_ratio then 'process'
        when payer_punctuality.ability_ratio >= payer_thresholds.cause_ratio then 'ability'
        when payer_punctuality.willingness_ratio >= payer_thresholds.cause_ratio
            then 'willingness'
        else 'unknown'
    end as cause_code,
    staked.stake_code,
    case
        when
            statuses.is_little_known
            or coalesce(payer_punctuality.recent_count, 0) < payer_thresholds.drift_item_count
            or payer_punctuality.previous_count < payer_thresholds.drift_item_count
            or abs(payer_punctuality.trend_days) < payer_thresholds.drift_days
            or payer_punctuality.trend_days * payer_punctuality.trend_days
            * payer_punctuality.recent_count * payer_punctuality.previous_count
            <= cast(payer_thresholds.drift_spread_ratio as decimal(4, 2))
            * cast(payer_thresholds.drift_spread_ratio as decimal(4, 2))
            * payer_punctuality.previous_spread_days * payer_punctuality.previous_spread_days
            * (payer_punctuality.recent_count + payer_punctuality.previous_count)
            then 'stable'
        when payer_punctuality.trend_days > 0 then 'deteriorating'
        else 'improving'
    end as drift_code,
    peers.peer_late_days,
    payer_dealings.item_count,
    payer_dealings.billed_amount,
    payer_dealings.margin_ratio,
    payer_dealings.last_issued_date,
    payer_dealings.ever_settled_count,
    coalesce(payer_punctuality.settled_count, 0) as settled_count,
    coalesce(payer_punctuality.past_due_count, 0) as past_due_count,
    payer_punctuality.late_ratio,
    payer_punctuality.late_amount_ratio,
    payer_punctuality.settled_late_days,
    payer_punctuality.at_risk_late_days,
    payer_punctuality.median_late_days,
    payer_punctuality.p90_late_days,
    payer_punctuality.spread_days,
    payer_punctuality.recent_late_days,
    payer_punctuality.previous_late_days,
    payer_punctuality.trend_days,
    payer_punctuality.last_late_date,
    payer_punctuality.process_ratio,
    payer_punctuality.ability_ratio,
    payer_punctuality.willingness_ratio,
    payer_dealings.promise_count,
    payer_dealings.broken_promise_ratio,
    payer_dealings.disputed_ratio,
    payer_dealings.lost_invoice_ratio,
    payer_dealings.partial_payment_ratio,
    payer_dealings.discount_ratio,
    payer_dealings.returned_payment_ratio,
    coalesce(payer_habits.payment_pattern_code, 'unknown') as payment_pattern_code,
    payer_habits.payment_days_text,
    coalesce(payer_balances.open_amount, 0) as open_amount,
    coalesce(payer_balances.overdue_amount, 0) as overdue_amount,
    coalesce(payer_balances.exposure_ratio, 0) as exposure_ratio
from statuses
cross join payer_thresholds
inner join payer_dealings
    on statuses.picture_date = payer_dealings.picture_date
    and statuses.company_id = payer_dealings.company_id
    and statuses.customer_id = payer_dealings.customer_id
left join staked
    on statuses.picture_date = staked.picture_date
    and statuses.company_id = staked.company_id
    and statuses.customer_id = staked.customer_id
left join behaving
    on statuses.picture_date = behaving.picture_date
    and statuses.company_id = behaving.company_id
    and statuses.customer_id = behaving.customer_id
left join payer_punctuality
    on statuses.picture_date = payer_punctuality.picture_date
    and statuses.company_id = payer_punctuality.company_id
    and statuses.customer_id = payer_punctuality.customer_id
left join payer_habits
    on statuses.picture_date = payer_habits.picture_date
    and statuses.company_id = payer_habits.company_id
    and statuses.customer_id = payer_habits.customer_id
left join payer_balances
    on statuses.picture_date = payer_balances.picture_date
    and statuses.company_id = payer_balances.company_id
    and statuses.customer_id = payer_balances.customer_id
left join peers
    on statuses.picture_date = peers.picture_date
    and statuses.country_code is not distinct from peers.country_code
