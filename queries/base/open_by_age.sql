-- open_by_age: what is open on each day a picture is taken, by number of days past due.
--
-- grain:   one as-of day and number of days past due (null: unknown) with something open
-- key:     as_of_date, past_due_days
-- source:  as_of_days, known_changes
-- params:  $as_of date
-- columns:
--   as_of_date     date   end of that day
--   past_due_days  int    as-of day minus the day ages count from, at least 0; null if unknown
--   open_amount    money  all open items
--   debit_amount   money  open debit items only
--   open_count     int    open items

-- Changes meet the days they show on by month and due date, never item by item.
with step_changes as (
    select
        least(last_day(known_changes.step_date), $as_of) as first_as_of_date,
        known_changes.aged_from_date,
        sum(known_changes.open_amount) as open_amount,
        sum(known_changes.open_amount - known_changes.credit_amount) as debit_amount,
        sum(known_changes.open_count) as open_count
    from known_changes
    group by first_as_of_date, known_changes.aged_from_date
),

dated_changes as (
    select
        as_of_days.as_of_date,
        case
            when step_changes.aged_from_date is not null
                then greatest(as_of_days.as_of_date - step_changes.aged_from_date, 0)
        end as past_due_days,
        step_changes.open_amount,
        step_changes.debit_amount,
        step_changes.open_count
    from as_of_days
    inner join step_changes on step_changes.first_as_of_date <= as_of_days.as_of_date
),

ages as (
    select
        dated_changes.as_of_date,
        dated_changes.past_due_days,
        sum(dated_changes.open_amount) as open_amount,
        sum(dated_changes.debit_amount) as debit_amount,
        sum(dated_changes.open_count) as open_count
    from dated_changes
    group by dated_changes.as_of_date, dated_changes.past_due_days
)

select
    ages.as_of_date,
    ages.past_due_days,
    cast(ages.open_amount as decimal(21, 3)) as open_amount,
    cast(ages.debit_amount as decimal(21, 3)) as debit_amount,
    cast(ages.open_count as bigint) as open_count
from ages
where ages.open_amount <> 0 or ages.debit_amount <> 0 or ages.open_count <> 0
