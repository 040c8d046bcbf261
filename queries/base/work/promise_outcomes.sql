-- promise_outcomes: what became of each promise to pay, told by cash and never typed.
--
-- grain:   one action in which a customer promised to pay on a day
-- key:     company_id, action_id
-- source:  actions, document_names, known_items, known_allocations, item_balances,
--          payer_thresholds
-- params:  $as_of date, $decimals int, $currency text
-- columns:
--   company_id       text   empty where the lake holds none
--   action_id        text   the action
--   customer_id      text   who promised
--   collector_id     text   to whom
--   item_id          text   for which item, by identifier or document; null for all that was due
--   action_date      date   when
--   promised_date    date   until when
--   verdict_date     date   the end of the tolerance: from then on a promise is kept or broken
--   promised_amount  money  how much, in the currency of the answer; null where it was not said
--   received_amount  money  what came in for it from the promise to that day, each receipt counted
--                           once, oldest promise first; null where no amount was said
--   status_code      text   open, kept, partially_kept or broken

-- What was promised is what receipts settled of the customer's items, whoever paid them, less what
-- came back; of the item named, where one is. Then what it paid and nobody allocated yet counts.
with told_promises as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.action_id,
        actions.customer_id,
        actions.collector_id,
        actions.item_id,
        actions.action_date,
        actions.promised_date,
        cast(
            cast(actions.promised_date as int) + cast(payer_thresholds.promise_grace_days as int)
            as date
        ) as verdict_date,
        actions.promised_amount,
        actions.currency_code,
        payer_thresholds.promise_part_ratio,
        row_number() over (
            partition by coalesce(actions.company_id, ''), actions.customer_id
            order by actions.promised_date, actions.action_date, actions.action_id
        ) as promise_order
    from actions
    cross join payer_thresholds
    where actions.promised_date is not null and actions.action_date <= $as_of
),

promisers as (
    select distinct
        told_promises.company_id,
        told_promises.customer_id
    from told_promises
),

-- items of one document are meant together: the first stands for all
debits as (
    select
        known_items.company_id,
        known_items.customer_id,
        known_items.item_number,
        known_items.kind,
        known_items.posted_date,
        known_items.due_date,
        known_items.currency_code,
        known_items.amount,
        known_items.answer_amount,
        min(known_items.item_number) over (
            partition by
                known_items.company_id,
                known_items.customer_id,
                coalesce(known_items.reference, known_items.item_id),
                known_items.issued_date
        ) as document_number
    from known_items
    inner join promisers
        on known_items.company_id = promisers.company_id
        and known_items.customer_id = promisers.customer_id
    where known_items.is_debit
),

promise_items as (
    select
        told_promises.company_id,
        told_promises.action_id,
        min(debits.document_number) as document_number,
        min(debits.currency_code) as currency_code,
        cast(sum(debits.amount) as decimal(21, 3)) as amount,
        cast(sum(debits.answer_amount) as decimal(21, 3)) as answer_amount
    from told_promises
    inner join document_names
        on told_promises.company_id = document_names.company_id
        and told_promises.customer_id = document_names.customer_id
        and told_promises.item_id = document_names.name_text
    inner join debits on document_names.item_number = debits.item_number
    where document_names.is_one_of_customer
    group by told_promises.company_id, told_promises.action_id
),

-- Who owes in one currency promises in it; who owes in several, in that of the books.
customer_currencies as (
    select
        debits.company_id,
        debits.customer_id,
        min(debits.currency_code) as currency_code,
        cast(sum(debits.amount) as decimal(21, 3)) as amount,
        cast(sum(debits.answer_amount) as decimal(21, 3)) as answer_amount
    from debits
    group by debits.company_id, debits.customer_id
    having count(distinct debits.currency_code) = 1
),

-- A promise is in the currency it names, or that of the item it is for; what it says in a third one
-- is no amount here.
promised_amounts as (
    select
        told_promises.company_id,
        told_promises.action_id,
        promise_items.document_number,
        money(
            case
                when told_promises.currency_code = $currency then told_promises.promised_amount
                when
                    promise_items.amount > 0
                    and coalesce(told_promises.currency_code, promise_items.currency_code)
                    = promise_items.currency_code
                    then
                        cast(told_promises.promised_amount as decimal(41, 3))
                        * promise_items.answer_amount
                        / promise_items.amount
                when
                    promise_items.amount is null
                    and customer_currencies.amount > 0
                    and coalesce(told_promises.currency_code, customer_currencies.currency_code)
                    = customer_currencies.currency_code
                    then
                        cast(told_promises.promised_amount as decimal(41, 3))
                        * customer_currencies.answer_amount
                        / customer_currencies.amount
                when told_promises.currency_code is null then told_promises.promised_amount
            end,
            $decimals
        ) as promised_amount
    from told_promises
    left join promise_items
        on told_promises.company_id = promise_items.company_id
        and told_promises.action_id = promise_items.action_id
    left join customer_currencies
        on told_promises.company_id = customer_currencies.company_id
        and told_promises.customer_id = customer_currencies.customer_id
),

-- A promise without an amount is one of all that is due by its day, or of the whole item named.
vague_parts as (
    select
        told_promises.company_id,
        told_promises.action_id,
        told_promises.action_date,
        debits.item_number,
        debits.answer_amount
    from told_promises
    inner join debits
        on told_promises.company_id = debits.company_id
        and told_promises.customer_id = debits.customer_id
    inner join promised_amounts
        on told_promises.company_id = promised_amounts.company_id
        and told_promises.action_id = promised_amounts.action_id
    where
        promised_amounts.promised_amount is null
        and debits.posted_date <= told_promises.action_date
        and (
            debits.document_number = promised_amounts.document_number
            or (told_promises.item_id is null and debits.due_date <= told_promises.promised_date)
        )
),

vague_settlements as (
    select
        vague_parts.company_id,
        vague_parts.action_id,
        sum(known_allocations.answer_amount) as settled_amount
    from vague_parts
    inner join known_allocations
        on vague_parts.item_number = known_allocations.debit_item_number
        and known_allocations.acting_date <= vague_parts.action_date
    group by vague_parts.company_id, vague_parts.action_id
),

vague_sums as (
    select
        vague_parts.company_id,
        vague_parts.action_id,
        sum(vague_parts.answer_amount) as amount
    from vague_parts
    group by vague_parts.company_id, vague_parts.action_id
),

promises as (
    select
        told_promises.company_id,
        told_promises.action_id,
        told_promises.customer_id,
        told_promises.collector_id,
        told_promises.item_id,
        told_promises.action_date,
        told_promises.promised_date,
        told_promises.verdict_date,
        promised_amounts.promised_amount,
        told_promises.promise_part_ratio,
        told_promises.promise_order,
        promised_amounts.document_number,
        greatest(
            coalesce(
                promised_amounts.promised_amount,
                cast(
                    vague_sums.amount - coalesce(vague_settlements.settled_amount, 0)
                    as decimal(21, 3)
                ),
                cast(0 as decimal(21, 3))
            ),
            cast(0.01 as decimal(21, 3))
        ) as target_amount
    from told_promises
    inner join promised_amounts
        on told_promises.company_id = promised_amounts.company_id
        and told_promises.action_id = promised_amounts.action_id
    left join vague_sums
        on told_promises.company_id = vague_sums.company_id
        and told_promises.action_id = vague_sums.action_id
    left join vague_settlements
        on told_promises.company_id = vague_settlements.company_id
        and told_promises.action_id = vague_settlements.action_id
),

-- a receipt counts on the day it came, however late it was allocated; one that came back nets to 0
receipt_parts as (
    select
        debits.company_id,
        debits.customer_id,
        debits.document_number as item_number,
        known_allocations.credit_item_number as receipt_number,
        known_allocations.met_date as receipt_date,
        sum(known_allocations.answer_amount) as amount
    from known_allocations
    inner join debits on known_allocations.debit_item_number = debits.item_number
    where
        known_allocations.credit_kind = 'receipt'
        and debits.kind not in ('returned_receipt', 'refund')
    group by
        debits.company_id,
        debits.customer_id,
        debits.document_number,
        known_allocations.credit_item_number,
        known_allocations.met_date
    having sum(known_allocations.answer_amount) > 0
    union all
    select
        item_balances.company_id,
        item_balances.customer_id,
        cast(null as bigint) as item_number,
        item_balances.item_number as receipt_number,
        known_items.posted_date as receipt_date,
        -item_balances.open_amount as amount
    from item_balances
    inner join known_items on item_balances.item_number = known_items.item_number
    inner join promisers
        on item_balances.company_id = promisers.company_id
        and item_balances.customer_id = promisers.customer_id
    where item_balances.kind = 'receipt' and item_balances.open_amount < 0
),

promise_lists as (
    select
        promises.company_id,
        promises.customer_id,
        array_agg(promises.action_id order by promises.promise_order) as action_ids,
        array_agg(promises.action_date order by promises.promise_order) as first_dates,
        array_agg(promises.verdict_date order by promises.promise_order) as last_dates,
        array_agg(promises.target_amount order by promises.promise_order) as amounts,
        -- an item that is named and not known is no item at all: 0
        array_agg(
            case when promises.item_id is not null then coalesce(promises.document_number, 0) end
            order by promises.promise_order
        ) as item_numbers
    from promises
    group by promises.company_id, promises.customer_id
),

receipt_lists as (
    select
        receipt_parts.company_id,
        receipt_parts.customer_id,
        array_agg(
            receipt_parts.receipt_date
            order by
                receipt_parts.item_number is null,
                receipt_parts.receipt_date,
                receipt_parts.receipt_number,
                receipt_parts.item_number
        ) as receipt_dates,
        array_agg(
            cast(receipt_parts.amount as decimal(21, 3))
            order by
                receipt_parts.item_number is null,
                receipt_parts.receipt_date,
                receipt_parts.receipt_number,
                receipt_parts.item_number
        ) as amounts,
        array_agg(
            receipt_parts.item_number
            order by
                receipt_parts.item_number is null,
                receipt_parts.receipt_date,
                receipt_parts.receipt_number,
                receipt_parts.item_number
        ) as item_numbers
    from receipt_parts
    group by receipt_parts.company_id, receipt_parts.customer_id
),

received_lists as (
    select
        promise_lists.company_id,
        promise_lists.action_ids,
        received_in_turn(
            promise_lists.first_dates,
            promise_lists.last_dates,
            promise_lists.amounts,
            promise_lists.item_numbers,
            receipt_lists.receipt_dates,
            receipt_lists.amounts,
            receipt_lists.item_numbers
        ) as received_amounts
    from promise_lists
    left join receipt_lists
        on promise_lists.company_id = receipt_lists.company_id
        and promise_lists.customer_id = receipt_lists.customer_id
),

received as (
    select
        received_lists.company_id,
        unnest(received_lists.action_ids) as action_id,
        unnest(received_lists.received_amounts) as received_amount
    from received_lists
)

select
    promises.company_id,
    promises.action_id,
    promises.customer_id,
    promises.collector_id,
    promises.item_id,
    promises.action_date,
    promises.promised_date,
    promises.verdict_date,
    promises.promised_amount,
    case when promises.promised_amount is not null then received.received_amount end
        as received_amount,
    case
        when received.received_amount >= promises.target_amount then 'kept'
        when $as_of < promises.verdict_date then 'open'
        when received.received_amount >= promises.target_amount * promises.promise_part_ratio
            then 'partially_kept'
        else 'broken'
    end as status_code
from promises
inner join received
    on promises.company_id = received.company_id
    and promises.action_id = received.action_id
