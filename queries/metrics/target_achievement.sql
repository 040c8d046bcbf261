-- target_achievement: what each month reached of what the user set for it.
--
-- grain:   one month-end on or before $as_of and collector that a target is set for
-- key:     month_end_date, collector_id
-- source:  monthly_targets, key_figures, known_items, customer_contacts
-- params:  $as_of date
-- columns:
--   month_end_date           date   the month
--   collector_id             text   `*`: the company as a whole
--   dso_days                 decimal  DSO by count-back at its end; of the company alone
--   target_dso_days          int    what it should not exceed; null without a target
--   overdue_ratio            ratio  overdue of debit items at its end; of the company alone
--   target_overdue_ratio     ratio  what it should not exceed; null without a target
--   receipts_amount          money  receipts posted in it
--   target_receipts_amount   money  what they should reach; null without a target
--   receipts_ratio           ratio  of the target

with collector_receipts as (
    select
        last_day(known_items.posted_date) as month_end_date,
        coalesce(customer_contacts.collector_id, 'team') as collector_id,
        -known_items.answer_amount as amount
    from known_items
    left join customer_contacts
        on known_items.company_id = customer_contacts.company_id
        and known_items.customer_id = customer_contacts.customer_id
    where known_items.kind in ('receipt', 'returned_receipt') and known_items.posted_date <= $as_of
),

receipts as (
    select
        collector_receipts.month_end_date,
        collector_receipts.collector_id,
        sum(collector_receipts.amount) as receipts_amount
    from collector_receipts
    group by collector_receipts.month_end_date, collector_receipts.collector_id
    union all
    select
        collector_receipts.month_end_date,
        '*' as collector_id,
        sum(collector_receipts.amount) as receipts_amount
    from collector_receipts
    group by collector_receipts.month_end_date
)

select
    monthly_targets.month_end_date,
    monthly_targets.collector_id,
    case when monthly_targets.collector_id = '*' then key_figures.dso_count_back_days end
        as dso_days,
    monthly_targets.dso_days as target_dso_days,
    case when monthly_targets.collector_id = '*' then key_figures.gross_overdue_ratio end
        as overdue_ratio,
    cast(monthly_targets.overdue_ratio as decimal(18, 6)) as target_overdue_ratio,
    cast(coalesce(receipts.receipts_amount, 0) as decimal(21, 3)) as receipts_amount,
    cast(monthly_targets.receipts_amount as decimal(21, 3)) as target_receipts_amount,
    cast(
        cast(coalesce(receipts.receipts_amount, 0) as decimal(50, 8))
        / nullif(cast(monthly_targets.receipts_amount as decimal(27, 3)), 0) as decimal(18, 6)
    ) as receipts_ratio
from monthly_targets
left join key_figures on monthly_targets.month_end_date = key_figures.as_of_date
left join receipts
    on monthly_targets.month_end_date = receipts.month_end_date
    and monthly_targets.collector_id = receipts.collector_id
where
    monthly_targets.month_end_date <= $as_of
    and monthly_targets.month_end_date > $as_of - interval '12 months'
order by monthly_targets.month_end_date, monthly_targets.collector_id
