-- contest_rates_by: what share of the invoices of each site and product line is contested, and why.
--
-- grain:   one dimension, value of it with an invoice in the 12 months up to $as_of, and reason
-- key:     dimension_code, reason_code, value_id
-- source:  watched_invoices, watched_contests
-- params:  none
-- columns:
--   dimension_code  text   site, product_line
--   reason_code     text   why; only reasons with a contest in these months
--   value_id        text   the site goods left from, or what was sold
--   item_count      int    its invoices issued in the 12 months
--   contest_count   int    those contested for the reason
--   contest_ratio   ratio  their share
--   share_ratio     ratio  of all invoices contested for the reason; sums to 1, rounding apart

-- Reasons with the most contests first. Invoices of whose site, or product line, nobody knows are
-- left out of that dimension.
with place_items as (
    select
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        count(*) as item_count
    from watched_invoices
    where
        watched_invoices.dimension_code in ('site', 'product_line') and watched_invoices.is_recent
    group by watched_invoices.dimension_code, watched_invoices.value_id
),

place_contests as (
    select
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id,
        count(*) as contest_count
    from watched_contests
    inner join watched_invoices on watched_contests.item_number = watched_invoices.item_number
    where
        watched_invoices.dimension_code in ('site', 'product_line') and watched_contests.is_recent
    group by
        watched_contests.reason_code,
        watched_invoices.dimension_code,
        watched_invoices.value_id
),

reasons_seen as (
    select
        place_contests.dimension_code,
        place_contests.reason_code,
        sum(place_contests.contest_count) as reason_count
    from place_contests
    group by place_contests.dimension_code, place_contests.reason_code
)

select
    reasons_seen.dimension_code,
    reasons_seen.reason_code,
    place_items.value_id,
    place_items.item_count,
    coalesce(place_contests.contest_count, 0) as contest_count,
    cast(
        cast(coalesce(place_contests.contest_count, 0) as decimal(38, 8)) / place_items.item_count
        as decimal(18, 6)
    ) as contest_ratio,
    cast(
        cast(coalesce(place_contests.contest_count, 0) as decimal(38, 8))
        / reasons_seen.reason_count as decimal(18, 6)
    ) as share_ratio
from reasons_seen
inner join place_items on reasons_seen.dimension_code = place_items.dimension_code
left join place_contests
    on reasons_seen.dimension_code = place_contests.dimension_code
    and reasons_seen.reason_code = place_contests.reason_code
    and place_items.value_id = place_contests.value_id
order by
    reasons_seen.dimension_code,
    reasons_seen.reason_count desc,
    reasons_seen.reason_code,
    place_items.value_id
