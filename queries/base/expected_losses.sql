-- expected_losses: what is expected never to be paid, by aging bucket (IFRS 9, simplified).
--
-- grain:   one aging bucket, empty ones included
-- key:     bucket_code
-- source:  buckets, item_balances, loss_rates, posted_days, known_changes, known_allocations,
--          known_items, sentences
-- params:  $as_of date, $language text, $decimals int
-- columns:
--   bucket_code       text   aging bucket
--   bucket_order      int    -1 age_unknown, 0 not_due, then by age
--   open_amount       money  open items, as in aging
--   loss_ratio        ratio  lifetime loss rate of the bucket; null where none is known
--   loss_source_code  text   given (loss_rates), write_offs (seen in the books) or none
--   allowance_amount  money  open × loss rate, never below 0; null where no rate is known
--   book_month_count  int    months of books that write-offs were seen over; null without
--   missing_text      text   why no rate is known, and how to have one; null where one is

-- Rates are given, or seen: of all that reached a bucket in at least 36 months of books, the share
-- that was written off after. Roll rates say how debts age, not what is lost: they are no rate.
with books as (
    select
        min(posted_days.posted_date) as first_date,
        month_number(cast($as_of + interval '1 day' as date))
        - month_number(min(posted_days.posted_date)) as month_count
    from posted_days
),

-- a claim reaches a bucket with what is open of it the day before
reached_by_age as (
    select
        buckets.bucket_code,
        sum(known_changes.debit_amount) as reached_amount
    from known_changes
    inner join buckets
        on buckets.bucket_order > 0
        and known_changes.step_date
        < cast(cast(known_changes.aged_from_date as int) + cast(buckets.first_days as int) as date)
        and cast(
            cast(known_changes.aged_from_date as int) + cast(buckets.first_days as int) as date
        ) <= $as_of
    where known_changes.is_claim and known_changes.aged_from_date is not null
    group by buckets.bucket_code
    union all
    select
        'not_due' as bucket_code,
        sum(posted_days.amount) as reached_amount
    from posted_days
    where posted_days.is_debit and posted_days.kind in ('invoice', 'opening')
),

write_offs as (
    select
        known_items.aged_from_date,
        known_allocations.acting_date,
        sum(known_allocations.answer_amount) as amount
    from known_allocations
    inner join known_items on known_allocations.debit_item_number = known_items.item_number
    where known_allocations.credit_kind = 'write_off' and known_items.is_claim
    group by known_items.aged_from_date, known_allocations.acting_date
),

lost_by_age as (
    select
        buckets.bucket_code,
        sum(write_offs.amount) as lost_amount
    from write_offs
    inner join buckets
        on buckets.bucket_order = 0
        or (
            buckets.bucket_order > 0
            and write_offs.acting_date
            >= cast(
                cast(write_offs.aged_from_date as int) + cast(buckets.first_days as int) as date
            )
        )
    group by buckets.bucket_code
),

seen_rates as (
    select
        reached_by_age.bucket_code,
        books.month_count,
        cast(
            least(
                cast(lost_by_age.lost_amount as decimal(50, 8))
                / nullif(cast(reached_by_age.reached_amount as decimal(27, 3)), 0),
                1
            ) as decimal(18, 6)
        ) as loss_ratio
    from reached_by_age
    inner join lost_by_age on reached_by_age.bucket_code = lost_by_age.bucket_code
    cross join books
    where books.month_count >= 36 and reached_by_age.reached_amount > 0
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
        coalesce(loss_rates.loss_ratio, seen_rates.loss_ratio) as loss_ratio,
        case
            when loss_rates.loss_ratio is not null then 'given'
            when seen_rates.loss_ratio is not null then 'write_offs'
            else 'none'
        end as loss_source_code,
        case when loss_rates.loss_ratio is null then seen_rates.month_count end
            as book_month_count
    from buckets
    left join bucket_balances on buckets.bucket_code = bucket_balances.bucket_code
    left join loss_rates on buckets.bucket_code = loss_rates.bucket_code
    left join seen_rates on buckets.bucket_code = seen_rates.bucket_code
)

select
    rated_buckets.bucket_code,
    rated_buckets.bucket_order,
    cast(rated_buckets.open_amount as decimal(21, 3)) as open_amount,
    rated_buckets.loss_ratio,
    rated_buckets.loss_source_code,
    money(
        greatest(rated_buckets.open_amount, 0) * rated_buckets.loss_ratio,
        $decimals
    ) as allowance_amount,
    rated_buckets.book_month_count,
    case
        when rated_buckets.loss_ratio is null
            then case when $language = 'fr' then sentences.fr_text else sentences.en_text end
    end as missing_text
from rated_buckets
left join sentences on sentences.sentence_code = 'missing.loss_rates'
