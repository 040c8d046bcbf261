-- penalty_spans: spans of one open amount and one rate, and the interest of each.
--
-- grain:   one claim paid late and interval of one open amount and one rate
-- key:     item_number, from_date
-- source:  late_spans, late_claims, chosen_penalties, penalty_terms, penalty_rates, item_balances
-- params:  $in_base flag, $decimals int
-- columns:
--   item_number                int    the item, of known_items
--   from_date                  date   first day
--   to_date                    date   last day
--   is_first                   flag   the item's first interval
--   day_count                  int    days, both ends included
--   overdue_amount             money  overdue on each of these days, in the answer's currency
--   debtor_code                text   company or public_body
--   contract_ratio             ratio  yearly rate of the contract; null for the law's
--   rate_date                  date   day whose ECB rate holds; null for a contract's
--   rate_ratio                 ratio  yearly rate; null where penalty_rates lacks that half-year
--   interest_amount            money  what has run up by its end, less what had before; 0 without a
--                                     rate
--   disputed_interest_amount   money  of it on what is disputed on $as_of

-- A half-year is a number: year × 2, and one more from July on. What has one rate to its end is
-- not parted.
with rated_spans as (
    select
        late_spans.item_number,
        late_spans.from_date,
        late_spans.to_date,
        late_spans.is_first,
        case
            when not $in_base then late_spans.overdue_amount
            else money(
                cast(late_spans.overdue_amount as decimal(41, 3))
                * late_claims.answer_amount / nullif(late_claims.amount, 0),
                $decimals
            )
        end as overdue_amount,
        coalesce(item_balances.disputed_amount, cast(0 as decimal(21, 3))) as disputed_amount,
        late_claims.debtor_code,
        penalty_terms.points_ratio,
        penalty_terms.year_days,
        chosen_penalties.contract_ratio,
        chosen_penalties.contract_ratio is not null or penalty_terms.is_frozen as is_fixed,
        month_number(late_claims.delay_date) / 6 as delay_half_number,
        month_number(late_spans.from_date) / 6 as from_half_number,
        month_number(late_spans.to_date) / 6 as to_half_number
    from late_spans
    inner join late_claims on late_spans.item_number = late_claims.item_number
    inner join penalty_terms on late_claims.debtor_code = penalty_terms.debtor_code
    left join chosen_penalties on late_spans.item_number = chosen_penalties.item_number
    left join item_balances on late_spans.item_number = item_balances.item_number
),

half_spans as (
    select
        rated_spans.item_number,
        rated_spans.from_date,
        rated_spans.to_date,
        rated_spans.is_first,
        rated_spans.overdue_amount,
        rated_spans.disputed_amount,
        rated_spans.debtor_code,
        rated_spans.points_ratio,
        rated_spans.year_days,
        rated_spans.contract_ratio,
        rated_spans.is_fixed,
        rated_spans.delay_half_number,
        rated_spans.from_half_number,
        unnest(
            range(
                rated_spans.from_half_number,
                case
                    when rated_spans.is_fixed then rated_spans.from_half_number
                    else rated_spans.to_half_number
                end + 1
            )
        ) as half_number
    from rated_spans
),

dated_spans as (
    select
        half_spans.item_number,
        case
            when half_spans.half_number = half_spans.from_half_number then half_spans.from_date
            else make_date(half_spans.half_number / 2, half_spans.half_number % 2 * 6 + 1, 1)
        end as from_date,
        case
            when half_spans.is_fixed then half_spans.to_date
            else least(
                half_spans.to_date,
                cast(
                    make_date(
                        (half_spans.half_number + 1) / 2,
                        (half_spans.half_number + 1) % 2 * 6 + 1,
                        1
                    ) - interval '1 day' as date
                )
            )
        end as to_date,
        half_spans.is_first and half_spans.half_number = half_spans.from_half_number as is_first,
        half_spans.overdue_amount,
        least(half_spans.overdue_amount, half_spans.disputed_amount) as disputed_amount,
        half_spans.debtor_code,
        half_spans.points_ratio,
        half_spans.year_days,
        half_spans.contract_ratio,
        case
            when half_spans.contract_ratio is not null then null
            when half_spans.is_fixed
                then make_date(
                    half_spans.delay_half_number / 2, half_spans.delay_half_number % 2 * 6 + 1, 1
                )
            else make_date(half_spans.half_number / 2, half_spans.half_number % 2 * 6 + 1, 1)
        end as rate_date
    from half_spans
),

yearly_spans as (
    select
        dated_spans.item_number,
        dated_spans.from_date,
        dated_spans.to_date,
        dated_spans.is_first,
        cast(dated_spans.to_date - dated_spans.from_date as bigint) + 1 as day_count,
        dated_spans.overdue_amount,
        dated_spans.disputed_amount,
        dated_spans.debtor_code,
        dated_spans.year_days,
        dated_spans.contract_ratio,
        dated_spans.rate_date,
        cast(
            coalesce(
                dated_spans.contract_ratio, penalty_rates.rate_ratio + dated_spans.points_ratio
            ) as decimal(18, 6)
        ) as rate_ratio
    from dated_spans
    left join penalty_rates on dated_spans.rate_date = penalty_rates.from_date
),

product_spans as (
    select
        yearly_spans.item_number,
        yearly_spans.from_date,
        yearly_spans.to_date,
        yearly_spans.is_first,
        yearly_spans.day_count,
        yearly_spans.overdue_amount,
        yearly_spans.debtor_code,
        yearly_spans.year_days,
        yearly_spans.contract_ratio,
        yearly_spans.rate_date,
        yearly_spans.rate_ratio,
        cast(yearly_spans.overdue_amount * yearly_spans.day_count as decimal(26, 3))
        * cast(coalesce(yearly_spans.rate_ratio, 0) as decimal(9, 6)) as product_number,
        cast(yearly_spans.disputed_amount * yearly_spans.day_count as decimal(26, 3))
        * cast(coalesce(yearly_spans.rate_ratio, 0) as decimal(9, 6)) as disputed_product_number
    from yearly_spans
),

-- amount × rate × days is exact; one running sum over all items in turn
running_spans as (
    select
        product_spans.item_number,
        product_spans.from_date,
        product_spans.to_date,
        product_spans.is_first,
        product_spans.day_count,
        product_spans.overdue_amount,
        product_spans.debtor_code,
        product_spans.year_days,
        product_spans.contract_ratio,
        product_spans.rate_date,
        product_spans.rate_ratio,
        product_spans.product_number,
        sum(product_spans.product_number) over spans_so_far as sum_number,
        sum(product_spans.disputed_product_number) over spans_so_far as disputed_sum_number,
        product_spans.disputed_product_number
    from product_spans
    window spans_so_far as (
        order by product_spans.item_number, product_spans.from_date
        rows between unbounded preceding and current row
    )
),

-- no sum falls, so that of all before the item is the largest of those before first spans
started_spans as (
    select
        running_spans.item_number,
        running_spans.from_date,
        running_spans.to_date,
        running_spans.is_first,
        running_spans.day_count,
        running_spans.overdue_amount,
        running_spans.debtor_code,
        running_spans.year_days,
        running_spans.contract_ratio,
        running_spans.rate_date,
        running_spans.rate_ratio,
        running_spans.sum_number,
        running_spans.disputed_sum_number,
        max(
            case
                when running_spans.is_first
                    then running_spans.sum_number - running_spans.product_number
            end
        ) over spans_so_far as before_number,
        max(
            case
                when running_spans.is_first
                    then
                    running_spans.disputed_sum_number - running_spans.disputed_product_number
            end
        ) over spans_so_far as disputed_before_number
    from running_spans
    window spans_so_far as (
        order by running_spans.item_number, running_spans.from_date
        rows between unbounded preceding and current row
    )
),

-- divided and rounded once, on what has run up since the first day
run_up_spans as (
    select
        started_spans.item_number,
        started_spans.from_date,
        started_spans.to_date,
        started_spans.is_first,
        started_spans.day_count,
        started_spans.overdue_amount,
        started_spans.debtor_code,
        started_spans.contract_ratio,
        started_spans.rate_date,
        started_spans.rate_ratio,
        money(
            (started_spans.sum_number - started_spans.before_number) / started_spans.year_days,
            $decimals
        ) as run_up_amount,
        money(
            (started_spans.disputed_sum_number - started_spans.disputed_before_number)
            / started_spans.year_days,
            $decimals
        ) as disputed_run_up_amount
    from started_spans
)

select
    run_up_spans.item_number,
    run_up_spans.from_date,
    run_up_spans.to_date,
    run_up_spans.is_first,
    run_up_spans.day_count,
    run_up_spans.overdue_amount,
    run_up_spans.debtor_code,
    run_up_spans.contract_ratio,
    run_up_spans.rate_date,
    run_up_spans.rate_ratio,
    cast(
        run_up_spans.run_up_amount
        - case
            when run_up_spans.is_first then 0
            else lag(run_up_spans.run_up_amount) over (
                order by run_up_spans.item_number, run_up_spans.from_date
            )
        end as decimal(21, 3)
    ) as interest_amount,
    cast(
        run_up_spans.disputed_run_up_amount
        - case
            when run_up_spans.is_first then 0
            else lag(run_up_spans.disputed_run_up_amount) over (
                order by run_up_spans.item_number, run_up_spans.from_date
            )
        end as decimal(21, 3)
    ) as disputed_interest_amount
from run_up_spans
