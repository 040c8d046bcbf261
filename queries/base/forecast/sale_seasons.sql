-- sale_seasons: what each month of a year to come sells, if it is like the same months of the years
-- before: as seen today, and as it was seen at the end of each of the twelve months before.
--
-- grain:   one segment, last whole month that is known, and month of the year
-- key:     segment_code, last_month_number, month_order
-- source:  sale_days, known_items
-- params:  $as_of date
-- columns:
--   segment_code       text  the segment; `*` for all
--   last_month_number  int   the last whole month that is known, counted from year 0
--   month_order        int   0 for January
--   expected_amount    money sales of the twelve months to it × mean share that this month had of
--     its twelve months, over up to three times twelve months

with months as (
    select
        sale_days.segment_code,
        month_number(sale_days.issued_date) as month_number,
        sum(sale_days.sales_amount) as sales_amount
    from sale_days
    group by sale_days.segment_code, month_number(sale_days.issued_date)
),

begins as (
    select min(known_items.posted_date) as first_date
    from known_items
),

-- books that begin in the middle of a month do not hold all of it
books as (
    select
        month_number(begins.first_date)
        + case when date_part('day', begins.first_date) > 7 then 1 else 0 end as first_month_number
    from begins
),

origins as (
    select
        month_number(cast($as_of + interval '1 day' as date)) - 1
        - unnest(range(0, 13)) as last_month_number
),

windows as (
    select
        origins.last_month_number,
        least((origins.last_month_number - books.first_month_number + 1) / 12, 3) as year_count
    from origins
    cross join books
),

placed as (
    select
        windows.last_month_number,
        windows.year_count,
        months.segment_code,
        (windows.last_month_number - months.month_number) / 12 as year_order,
        months.month_number % 12 as month_order,
        months.sales_amount
    from windows
    inner join months
        on months.month_number <= windows.last_month_number
        and months.month_number > windows.last_month_number - 12 * windows.year_count
),

years as (
    select
        placed.last_month_number,
        placed.segment_code,
        placed.year_order,
        sum(placed.sales_amount) as year_amount
    from placed
    group by placed.last_month_number, placed.segment_code, placed.year_order
),

shares as (
    select
        placed.last_month_number,
        placed.segment_code,
        placed.month_order,
        sum(cast(placed.sales_amount as decimal(27, 9)) / cast(years.year_amount as decimal(21, 3)))
        / max(placed.year_count) as share_ratio
    from placed
    inner join years
        on placed.last_month_number = years.last_month_number
        and placed.segment_code = years.segment_code
        and placed.year_order = years.year_order
    where years.year_amount > 0
    group by placed.last_month_number, placed.segment_code, placed.month_order
)

select
    shares.segment_code,
    shares.last_month_number,
    shares.month_order,
    cast(
        cast(years.year_amount as decimal(21, 3)) * cast(shares.share_ratio as decimal(16, 12))
        as decimal(21, 3)
    ) as expected_amount
from shares
inner join years
    on shares.last_month_number = years.last_month_number
    and shares.segment_code = years.segment_code
    and years.year_order = 0
