-- item_balances: what is left on each open item on the as-of day, how old, in which bucket.
--
-- grain:   one item with a non-zero open amount on $as_of
-- key:     item_number
-- source:  known_items, item_steps, bucket_days
-- params:  $as_of date
-- columns:
--   item_number      int    the item, of known_items
--   company_id       text   empty where the lake holds none
--   customer_id      text   who owes
--   account          text   receivable account; null where the source has none
--   kind             text   invoice, receipt, credit_note…
--   is_debit         flag   amount above zero
--   issued_date      date   date of the document
--   due_date         date   null where unknown
--   due_is_derived   flag   the due date comes from terms
--   amount           money  the item's amount, in the answer's currency
--   item_open_amount money  what is open, in the item's own currency
--   open_amount      money  what is open, in the answer's currency
--   disputed_amount  money  part of it that is disputed
--   past_due_days    int    $as_of minus due_date; null where unknown
--   bucket_code      text   aging bucket

with open_states as (
    select
        item_steps.item_number,
        item_steps.item_open_amount,
        item_steps.open_amount,
        item_steps.disputed_amount
    from item_steps
    where item_steps.next_step_date is null and item_steps.item_open_amount <> 0
),

last_bucket as (
    select max(bucket_days.last_days) as last_days
    from bucket_days
),

due_dates as (
    select distinct known_items.due_date
    from known_items
    where known_items.due_date is not null
),

-- a due date is aged once, however many items fall due on it
due_buckets as (
    select
        due_dates.due_date,
        bucket_days.bucket_code
    from due_dates
    cross join last_bucket
    inner join bucket_days
        on bucket_days.past_due_days
        = least(greatest($as_of - due_dates.due_date, 0), last_bucket.last_days)
)

select
    known_items.item_number,
    known_items.company_id,
    known_items.customer_id,
    known_items.account,
    known_items.kind,
    known_items.is_debit,
    known_items.issued_date,
    known_items.due_date,
    known_items.due_is_derived,
    known_items.answer_amount as amount,
    open_states.item_open_amount,
    open_states.open_amount,
    open_states.disputed_amount,
    $as_of - known_items.due_date as past_due_days,
    coalesce(due_buckets.bucket_code, 'age_unknown') as bucket_code
from open_states
inner join known_items on open_states.item_number = known_items.item_number
left join due_buckets on known_items.due_date = due_buckets.due_date
