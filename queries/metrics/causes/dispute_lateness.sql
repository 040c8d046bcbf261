-- dispute_lateness: whether contested items are paid later than the others.
--
-- grain:   contested or not
-- key:     is_disputed
-- source:  settled_spells, contested_items
-- params:  none
-- columns:
--   is_disputed     flag     ever contested, by whatever source
--   item_count      int      debit items with a due date, settled by cash on or before $as_of
--   late_ratio      ratio    settled after the due date
--   mean_days_late  decimal  settled − due, each item once; negative when paid before
--   late_count      int      those late
--   group_code      text     contested, uncontested: is_disputed in a word

-- Over the whole life of the lake: it asks what a dispute does, not how customers pay this year.
with paid_items as (
    select
        settled_spells.item_number,
        settled_spells.settled_date - settled_spells.due_date as late_days
    from settled_spells
    where
        settled_spells.until_date is null
        and settled_spells.is_cash
        and settled_spells.due_date is not null
),

ever_contested as (
    select distinct contested_items.item_number
    from contested_items
),

groups as (
    select true as is_disputed
    union all
    select false as is_disputed
),

sums as (
    select
        ever_contested.item_number is not null as is_disputed,
        count(*) as item_count,
        sum(case when paid_items.late_days > 0 then 1 else 0 end) as late_count,
        sum(paid_items.late_days) as late_days
    from paid_items
    left join ever_contested on paid_items.item_number = ever_contested.item_number
    group by ever_contested.item_number is not null
)

select
    groups.is_disputed,
    coalesce(sums.item_count, 0) as item_count,
    cast(cast(sums.late_count as decimal(38, 8)) / sums.item_count as decimal(18, 6))
        as late_ratio,
    cast(cast(sums.late_days as decimal(38, 6)) / sums.item_count as decimal(18, 4))
        as mean_days_late,
    coalesce(sums.late_count, 0) as late_count,
    case when groups.is_disputed then 'contested' else 'uncontested' end as group_code
from groups
left join sums on groups.is_disputed = sums.is_disputed
order by groups.is_disputed desc
