-- payer_profile: who the customers asked about are as payers.
--
-- grain:   one customer
-- key:     company_id, customer_id
-- source:  asked_customers, customers, customer_advances, payers, credit_limits
-- columns:
--   company_id                  text     whose receivables they are
--   customer_id                 text     the customer
--   customer_name               text     its name, or its identifier where it has none
--   segment_code                text     what it is treated as
--   why_text                    text     why, with the figures
--   action_code                 text     what is done
--   status_code                 text     as payers
--   behaviour_code              text     as payers
--   is_regular                  flag     as payers
--   cause_code                  text     as payers
--   stake_code                  text     as payers
--   drift_code                  text     as payers
--   segment_3_months_ago_code   text     as payers
--   segment_12_months_ago_code  text     as payers
--   open_amount                 money    as payers
--   overdue_amount              money    as payers
--   advance_amount              money    advances of the customer that we hold; null without
--   exposure_ratio              ratio    as payers
--   credit_limit_amount         money    the ceiling agreed; null without
--   over_limit_amount           money    owed beyond it; null within
--   over_limit_since_date       date     since when
--   billed_amount               money    as payers
--   margin_ratio                ratio    as payers
--   settled_count               int      as payers
--   at_risk_late_days           decimal  as payers
--   median_late_days            decimal  as payers
--   spread_days                 decimal  as payers
--   trend_days                  decimal  as payers
--   late_ratio                  ratio    as payers
--   partial_payment_ratio       ratio    as payers
--   disputed_ratio              ratio    as payers
--   lost_invoice_ratio          ratio    as payers
--   discount_ratio              ratio    as payers
--   returned_payment_ratio      ratio    as payers
--   broken_promise_ratio        ratio    as payers
--   payment_method              text     as payers
--   payment_pattern_code        text     as payers
--   payment_days_text           text     as payers
--   missing_text                text     as payers

with limits as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        cast(sum(customers.credit_limit_amount) as decimal(21, 3)) as credit_limit_amount
    from customers
    inner join asked_customers
        on coalesce(customers.company_id, '') = asked_customers.company_id
        and customers.customer_id = asked_customers.customer_id
    group by coalesce(customers.company_id, ''), customers.customer_id
)

select
    payers.company_id,
    payers.customer_id,
    payers.customer_name,
    payers.segment_code,
    payers.why_text,
    payers.action_code,
    payers.status_code,
    payers.behaviour_code,
    payers.is_regular,
    payers.cause_code,
    payers.stake_code,
    payers.drift_code,
    payers.segment_3_months_ago_code,
    payers.segment_12_months_ago_code,
    payers.open_amount,
    payers.overdue_amount,
    customer_advances.advance_amount,
    payers.exposure_ratio,
    limits.credit_limit_amount,
    credit_limits.over_limit_amount,
    credit_limits.over_limit_since_date,
    payers.billed_amount,
    payers.margin_ratio,
    payers.settled_count,
    payers.at_risk_late_days,
    payers.median_late_days,
    payers.spread_days,
    payers.trend_days,
    payers.late_ratio,
    payers.partial_payment_ratio,
    payers.disputed_ratio,
    payers.lost_invoice_ratio,
    payers.discount_ratio,
    payers.returned_payment_ratio,
    payers.broken_promise_ratio,
    payers.payment_method,
    payers.payment_pattern_code,
    payers.payment_days_text,
    payers.missing_text
from payers
inner join asked_customers
    on payers.company_id = asked_customers.company_id
    and payers.customer_id = asked_customers.customer_id
left join customer_advances
    on payers.company_id = customer_advances.company_id
    and payers.customer_id = customer_advances.customer_id
left join limits
    on payers.company_id = limits.company_id
    and payers.customer_id = limits.customer_id
left join credit_limits
    on payers.company_id = credit_limits.company_id
    and payers.customer_id = credit_limits.customer_id
order by company_id, customer_id
