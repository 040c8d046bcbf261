-- item_balances: what is left on each open item on the as-of day, how old, in which bucket.
--
-- grain:   one item with a non-zero open amount on $as_of
-- key:     item_number
-- source:  maybe_open_items, known_allocations, dispute_spans, bucket_days
-- params:  $as_of date, $in_base flag, $ages_from_issue flag, $decimals int
-- columns:
--   item_number      int    the item, of known_items
--   company_id       text   empty where the lake holds none
--   item_id          text   identifier, stable across loads
--   customer_id      text   who owes
--   account          text   receivable account; null where the source has none
--   kind             text   invoice, receipt, credit_note…
--   is_debit         flag   amount above zero
--   is_claim         flag   as known_items says
--   issued_date      date   date of the document
--   due_date         date   null where unknown
--   due_is_derived   flag   the due date comes from terms
--   currency_code    text   the item's own currency
--   item_amount      money  the item's amount, in its own currency
--   amount           money  the same in the answer's currency
--   item_open_amount money  what is open, in the item's own currency
--   open_amount      money  what is open, in the answer's currency
--   disputed_amount  money  part of it that is disputed
--   past_due_days    int    $as_of minus due_date; null where unknown
--   bucket_code      text   aging bucket
--   reference        text   number of the document
--   source_file      text   where it was read
--   source_line      int    line in that file

with movements as (
    select
        known_allocations.debit_item_number as item_number,
        -known_allocations.amount as amount
    from known_allocations
    inner join maybe_open_items
        on known_allocations.debit_item_number = maybe_open_items.item_number
    union all
    select
        known_allocations.credit_item_number as item_number,
        known_allocations.amount
    from known_allocations
    inner join maybe_open_items
        on known_allocations.credit_item_number = maybe_open_items.item_number
),

moved_sums as (
    select
        movements.item_number,
        sum(movements.amount) as amount
    from movements
    group by movements.item_number
),

open_sums as (
    select
        maybe_open_items.item_number,
        cast(maybe_open_items.amount + coalesce(moved_sums.amount, 0) as decimal(21, 3))
            as item_open_amount
    from maybe_open_items
    left join moved_sums on maybe_open_items.item_number = moved_sums.item_number
    where
        maybe_open_items.amount + coalesce(moved_sums.amount, 0) <> 0
        -- a revaluation: nothing in its own currency
        or (maybe_open_items.amount = 0 and maybe_open_items.answer_amount <> 0)
),

-- what disputes hold on the as-of day, as item_steps counts it
held_items as (
    select
        dispute_spans.item_number,
        bool_or(dispute_spans.disputed_amount is null) as is_whole,
        sum(dispute_spans.disputed_amount) as part_amount
    from dispute_spans
    where
        dispute_spans.from_date <= $as_of
        and (dispute_spans.to_date is null or dispute_spans.to_date > $as_of)
    group by dispute_spans.item_number
),

own_states as (
    select
        open_sums.item_number,
        maybe_open_items.company_id,
        maybe_open_items.item_id,
        maybe_open_items.customer_id,
        maybe_open_items.account,
        maybe_open_items.kind,
        maybe_open_items.is_debit,
        maybe_open_items.is_claim,
        maybe_open_items.issued_date,
        maybe_open_items.due_date,
        maybe_open_items.due_is_derived,
        maybe_open_items.currency_code,
        maybe_open_items.amount,
        maybe_open_items.answer_amount,
        maybe_open_items.reference,
        maybe_open_items.source_file,
        maybe_open_items.source_line,
        open_sums.item_open_amount,
        case
            when
                not maybe_open_items.is_debit
                or open_sums.item_open_amount <= 0
                or held_items.item_number is null
                then cast(0 as decimal(21, 3))
            when held_items.is_whole then open_sums.item_open_amount
            else cast(
                least(open_sums.item_open_amount, held_items.part_amount) as decimal(21, 3)
            )
        end as item_disputed_amount
    from open_sums
    inner join maybe_open_items on open_sums.item_number = maybe_open_items.item_number
    left join held_items on open_sums.item_number = held_items.item_number
),

-- the state is converted, as item_steps does; 256 bits, for two amounts of 18 digits are multiplied
open_states as (
    select
        own_states.item_number,
        own_states.company_id,
        own_states.item_id,
        own_states.customer_id,
        own_states.account,
        own_states.kind,
        own_states.is_debit,
        own_states.is_claim,
        own_states.issued_date,
        own_states.due_date,
        own_states.due_is_derived,
        own_states.currency_code,
        own_states.amount,
        own_states.answer_amount,
        own_states.reference,
        own_states.source_file,
        own_states.source_line,
        own_states.item_open_amount,
        case
            when not $in_base then own_states.item_open_amount
            when own_states.amount = 0 then own_states.answer_amount
            else money(
                cast(own_states.item_open_amount as decimal(41, 3))
                * own_states.answer_amount / nullif(own_states.amount, 0),
                $decimals
            )
        end as open_amount,
        case
            when not $in_base then own_states.item_disputed_amount
            else money(
                cast(own_states.item_disputed_amount as decimal(41, 3))
                * own_states.answer_amount / nullif(own_states.amount, 0),
                $decimals
            )
        end as disputed_amount
    from own_states
),

last_bucket as (
    select max(bucket_days.last_days) as last_days
    from bucket_days
),

aged_from_dates as (
    select distinct
        case when $ages_from_issue then open_states.issued_date else open_states.due_date end
            as aged_from_date
    from open_states
),

-- a day is aged once, however many items it is the day of
day_buckets as (
    select
        aged_from_dates.aged_from_date,
        bucket_days.bucket_code
    from aged_from_dates
    cross join last_bucket
    inner join bucket_days
        on bucket_days.past_due_days
        = least(greatest($as_of - aged_from_dates.aged_from_date, 0), last_bucket.last_days)
)

select
    open_states.item_number,
    open_states.company_id,
    open_states.item_id,
    open_states.customer_id,
    open_states.account,
    open_states.kind,
    open_states.is_debit,
    open_states.is_claim,
    open_states.issued_date,
    open_states.due_date,
    open_states.due_is_derived,
    open_states.currency_code,
    open_states.amount as item_amount,
    open_states.answer_amount as amount,
    open_states.item_open_amount,
    open_states.open_amount,
    open_states.disputed_amount,
    $as_of - open_states.due_date as past_due_days,
    coalesce(day_buckets.bucket_code, 'age_unknown') as bucket_code,
    open_states.reference,
    open_states.source_file,
    open_states.source_line
from open_states
left join day_buckets
    on case when $ages_from_issue then open_states.issued_date else open_states.due_date end
    = day_buckets.aged_from_date
