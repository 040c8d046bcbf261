-- expected_losses: what is expected never to be paid, by aging bucket (IFRS 9, simplified).
--
-- grain:   one aging bucket, empty ones included
-- key:     bucket_code
-- source:  buckets, item_balances, loss_rates, bucket_rolls
-- params:  $as_of date
-- columns:
--   bucket_code       text   aging bucket
--   bucket_order      int    -1 age_unknown, 0 not_due, then by age
--   open_amount       money  open items, as in aging
--   loss_ratio        ratio  lifetime loss rate of the bucket; null where none is known
--   loss_source_code  text   given (loss_rates), roll_rates (mean of 12 months) or none
--   allowance_amount  money  open × loss rate, never below 0; null where no rate is known

-- From roll rates: an amount is lost once in the last bucket; from any other, the loss is the
-- share that goes on to an older bucket before it is paid, times the loss of the next bucket.
-- Amounts that stay a month in their bucket are asked again, so the share is older / (1 − same).
with monthly_rolls as (
    select
        bucket_rolls.month_number,
        from_buckets.bucket_order,
        sum(bucket_rolls.rolled_amount) as from_amount,
        sum(
            case when to_buckets.bucket_order > from_buckets.bucket_order
                then bucket_rolls.rolled_amount else 0 end
        ) as older_amount,
        sum(
            case when to_buckets.bucket_order = from_buckets.bucket_order
                then bucket_rolls.rolled_amount else 0 end
        ) as same_amount
    from bucket_rolls
    inner join buckets as from_buckets
        on bucket_rolls.from_bucket_code = from_buckets.bucket_code
    left join buckets as to_buckets on bucket_rolls.to_bucket_code = to_buckets.bucket_code
    where
        bucket_rolls.month_number
        >= cast(date_part('year', $as_of + interval '1 day') as bigint) * 12
        + cast(date_part('month', $as_of + interval '1 day') as bigint) - 13
    group by bucket_rolls.month_number, from_buckets.bucket_order
),

mean_rolls as (
    select
        monthly_rolls.bucket_order,
        avg(
            cast(monthly_rolls.older_amount as decimal(38, 12))
            / cast(monthly_rolls.from_amount as decimal(22, 2))
        ) as older_ratio,
        avg(
            cast(monthly_rolls.same_amount as decimal(38, 12))
            / cast(monthly_rolls.from_amount as decimal(22, 2))
        ) as same_ratio
    from monthly_rolls
    where monthly_rolls.from_amount > 0
    group by monthly_rolls.bucket_order
),

last_bucket as (
    select max(buckets.bucket_order) as bucket_order
    from buckets
),

-- The product of the shares from a bucket to the last but one. A share is a probability, so a
-- double is allowed, and its logarithm turns the product into a running sum.
rolled_losses as (
    select
        buckets.bucket_code,
        exp(
            sum(
                case
                    when
                        buckets.bucket_order < last_bucket.bucket_order
                        and mean_rolls.same_ratio < 1
                        then ln(
                            cast(mean_rolls.older_ratio as double)
                            / (1.0 - cast(mean_rolls.same_ratio as double))
                        )
                    -- a bucket that held nothing in twelve months passes on all that reaches it
                    else 0.0
                end
            ) over (
                order by buckets.bucket_order desc
                rows between unbounded preceding and current row
            )
        ) as loss_ratio,
        -- but what it would itself lose is not known
        buckets.bucket_order = last_bucket.bucket_order
        or coalesce(mean_rolls.same_ratio < 1, false) as is_known
    from buckets
    cross join last_bucket
    left join mean_rolls on buckets.bucket_order = mean_rolls.bucket_order
    where buckets.bucket_order >= 0
),

bucket_balances as (
    select
        item_balances.bucket_code,
        sum(item_balances.open_amount) as open_amount
    from item_balances
    group by item_balances.bucket_code
),

rated_buckets as (
    select
        buckets.bucket_code,
        buckets.bucket_order,
        coalesce(bucket_balances.open_amount, 0) as open_amount,
        loss_rates.loss_ratio as given_ratio,
        case
            when rolled_losses.is_known
                then cast(rolled_losses.loss_ratio as decimal(18, 6))
        end as rolled_ratio
    from buckets
    left join bucket_balances on buckets.bucket_code = bucket_balances.bucket_code
    left join loss_rates on buckets.bucket_code = loss_rates.bucket_code
    left join rolled_losses on buckets.bucket_code = rolled_losses.bucket_code
)

select
    rated_buckets.bucket_code,
    rated_buckets.bucket_order,
    cast(rated_buckets.open_amount as decimal(18, 2)) as open_amount,
    coalesce(rated_buckets.given_ratio, rated_buckets.rolled_ratio) as loss_ratio,
    case
        when rated_buckets.given_ratio is not null then 'given'
        when rated_buckets.rolled_ratio is not null then 'roll_rates'
        else 'none'
    end as loss_source_code,
    cast(
        greatest(rated_buckets.open_amount, 0)
        * coalesce(rated_buckets.given_ratio, rated_buckets.rolled_ratio) as decimal(18, 2)
    ) as allowance_amount
from rated_buckets
