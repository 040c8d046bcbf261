-- root_causes_by: where each reason shows: by customer, product line, site, salesperson, month.
--
-- grain:   one dimension, value of it and reason with a contest in the 12 months up to $as_of
-- key:     dimension_code, value_id, reason_code
-- source:  cause_measures
-- params:  none
-- columns:
--   dimension_code     text     customer, product_line, site, salesperson, month
--   value_id           text     the customer, site…; month as 2025-03; `unknown` if nobody said
--   value_name         text     a customer's name, else the same
--   reason_code        text     why
--   process_code       text     whose process; `unknown` where the reason is none of ours
--   owner              text     who can remove it; `unknown` likewise
--   dispute_count      int      contests; a dispute of several items is one
--   disputed_amount    money    contested parts
--   amount_days        money    contested part × days it was held up, up to $as_of
--   cash_cost_amount   money    that × annual rate / 365
--   share_ratio        ratio    of amount_days of the dimension
--   cumulative_ratio   ratio    share of this row and those before it in the dimension; ends at 1
--   median_cycle_days  decimal  of those closed: from told to closed; interpolated
--   credited_ratio     ratio    of closed disputes, by count: the customer was right
--   days_late_added    decimal  mean, against the payer's items that nobody contested
--   p90_cycle_days     decimal  nine in ten end sooner
--   recurrence_ratio   ratio    of contests: the customer had the same reason before
--   is_vital           flag     one of the fewest that make 80 % of amount_days of the dimension
--   open_count         int      contests that hold, with something open
--   open_amount        money    what is still contested and open
--   settled_meanwhile_ratio ratio of those closed: the item was settled before

-- A month is that in which the contest began; see root_causes for the twelve months.
select
    cause_measures.dimension_code,
    cause_measures.value_id,
    cause_measures.value_name,
    cause_measures.reason_code,
    cause_measures.process_code,
    cause_measures.owner,
    cause_measures.dispute_count,
    cause_measures.disputed_amount,
    cause_measures.amount_days,
    cause_measures.cash_cost_amount,
    cause_measures.share_ratio,
    cause_measures.cumulative_ratio,
    cause_measures.median_cycle_days,
    cause_measures.credited_ratio,
    cause_measures.days_late_added,
    cause_measures.p90_cycle_days,
    cause_measures.recurrence_ratio,
    cause_measures.is_vital,
    cause_measures.open_count,
    cause_measures.open_amount,
    cause_measures.settled_meanwhile_ratio
from cause_measures
where cause_measures.dimension_code <> 'company'
order by cause_measures.dimension_code, cause_measures.cause_order
