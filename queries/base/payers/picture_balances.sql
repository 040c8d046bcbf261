-- picture_balances: what was open of each item on the days at whose end payers are looked at.
--
-- grain:   one picture and item with something open on it; the end of last month is a picture too
-- key:     picture_date, item_number
-- source:  payer_days, maybe_open_items, even_closings, stepped_items, item_steps, known_items,
--   known_allocations
-- params:  $as_of date, $in_base flag, $decimals int
-- columns:
--   picture_date  date   end of that day
--   item_number   int    the item, of known_items
--   company_id    text   whose receivables they are
--   customer_id   text   who owed
--   is_debit      flag   amount above zero
--   is_claim      flag   as known_items says
--   due_date      date   as known_items says; null where unknown
--   open_amount   money  what was open, in the answer's currency

-- An even item is open from its posting to its closing, less what was allocated by then; an uneven
-- one is what its last step said.
with pictures as (
    select payer_days.picture_date
    from payer_days
    union
    select
        cast(date_trunc('month', cast($as_of as date)) - interval '1 day' as date) as picture_date
),

first_picture as (
    select min(pictures.picture_date) as picture_date
    from pictures
),

uneven as (
    select stepped_items.item_number
    from stepped_items
    where stepped_items.is_uneven
),

-- amounts in the items' own currency, which rounding left alone
even_items as (
    select
        maybe_open_items.item_number,
        maybe_open_items.company_id,
        maybe_open_items.customer_id,
        maybe_open_items.is_debit,
        maybe_open_items.is_claim,
        maybe_open_items.posted_date,
        maybe_open_items.due_date,
        maybe_open_items.amount,
        maybe_open_items.answer_amount,
        cast(null as date) as closed_date
    from maybe_open_items
    left anti join uneven on maybe_open_items.item_number = uneven.item_number
    union all
    select
        even_closings.item_number,
        even_closings.company_id,
        even_closings.customer_id,
        even_closings.is_debit,
        even_closings.is_claim,
        even_closings.posted_date,
        even_closings.due_date,
        even_closings.amount,
        even_closings.answer_amount,
        even_closings.closed_date
    from even_closings
    cross join first_picture
    where even_closings.closed_date > first_picture.picture_date
),

open_items as (
    select
        pictures.picture_date,
        even_items.item_number,
        even_items.company_id,
        even_items.customer_id,
        even_items.is_debit,
        even_items.is_claim,
        even_items.due_date,
        even_items.amount,
        even_items.answer_amount
    from pictures
    inner join even_items
        on even_items.posted_date <= pictures.picture_date
        and (
            even_items.closed_date is null
            or even_items.closed_date > pictures.picture_date
        )
),

movements as (
    select
        known_allocations.debit_item_number as item_number,
        known_allocations.acting_date,
        -known_allocations.amount as amount
    from known_allocations
    union all
    select
        known_allocations.credit_item_number as item_number,
        known_allocations.acting_date,
        known_allocations.amount
    from known_allocations
),

moved_sums as (
    select
        open_items.picture_date,
        open_items.item_number,
        sum(movements.amount) as amount
    from open_items
    inner join movements
        on open_items.item_number = movements.item_number
        and movements.acting_date <= open_items.picture_date
    group by open_items.picture_date, open_items.item_number
),

even_states as (
    select
        open_items.picture_date,
        open_items.item_number,
        open_items.company_id,
        open_items.customer_id,
        open_items.is_debit,
        open_items.is_claim,
        open_items.due_date,
        open_items.amount,
        open_items.answer_amount,
        open_items.amount + coalesce(moved_sums.amount, 0) as item_open_amount
    from open_items
    left join moved_sums
        on open_items.picture_date = moved_sums.picture_date
        and open_items.item_number = moved_sums.item_number
)

-- the state is converted, as item_steps does; 256 bits, for two amounts of 18 digits are multiplied
select
    even_states.picture_date,
    even_states.item_number,
    even_states.company_id,
    even_states.customer_id,
    even_states.is_debit,
    even_states.is_claim,
    even_states.due_date,
    case
        when not $in_base then cast(even_states.item_open_amount as decimal(21, 3))
        when even_states.amount = 0 then even_states.answer_amount
        else money(
            cast(even_states.item_open_amount as decimal(41, 3))
            * even_states.answer_amount / nullif(even_states.amount, 0),
            $decimals
        )
    end as open_amount
from even_states
where
    even_states.item_open_amount <> 0
    or (even_states.amount = 0 and even_states.answer_amount <> 0)
union all
select
    pictures.picture_date,
    item_steps.item_number,
    known_items.company_id,
    known_items.customer_id,
    known_items.is_debit,
    known_items.is_claim,
    known_items.due_date,
    item_steps.open_amount
from pictures
cross join item_steps
inner join known_items on item_steps.item_number = known_items.item_number
where
    item_steps.is_uneven
    and item_steps.open_amount <> 0
    and item_steps.step_date <= pictures.picture_date
    and (item_steps.next_step_date is null or item_steps.next_step_date > pictures.picture_date)
