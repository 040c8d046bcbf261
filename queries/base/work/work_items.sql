-- work_items: what stands in the way of each overdue or soon due item, and what is left to chase.
--
-- grain:   one open debit item: past due, due within 15 days, or contested
-- key:     item_number
-- source:  item_balances, contested_items, promise_outcomes, invoice_events, event_statuses,
--          document_names, customer_advances, reasons
-- params:  $as_of date, $decimals int
-- columns:
--   item_number       int    the item, of known_items
--   company_id        text   empty where the lake holds none
--   customer_id       text   who owes
--   item_id           text   the item
--   document_text     text   number of the document, or else the item's identifier
--   due_date          date   contractual or derived
--   past_due_days     int    $as_of minus due_date; negative when not yet due, null if unknown
--   open_amount       money  what is open
--   contested_amount  money  of it: contested, its owner's work
--   promised_amount   money  of the rest: promised or announced, and not yet due
--   received_amount   money  of the rest: covered by a receipt that nobody allocated
--   advanced_amount   money  of the rest: covered by an advance that the company holds
--   free_amount       money  the rest: to be chased
--   reason_code       text   why it is contested; null where it is not
--   owner             text   who can unblock it; null where it is not contested
--   promised_date     date   until when the promise runs; null without
--   verdict_date      date   the end of its tolerance; null without
--   is_announced      flag   a platform says that the payment was sent

-- The five parts sum to what is open, each in turn: what is contested is no promise to keep, and
-- what a receipt covers is nobody's to chase. Promises and receipts of a customer cover its oldest
-- items first.
with open_debits as (
    select
        item_balances.item_number,
        item_balances.company_id,
        item_balances.customer_id,
        item_balances.item_id,
        item_balances.reference,
        item_balances.due_date,
        item_balances.past_due_days,
        item_balances.open_amount,
        item_balances.amount,
        item_balances.item_amount
    from item_balances
    where item_balances.is_debit and item_balances.open_amount > 0
),

contests as (
    select
        contested_items.item_number,
        sum(contested_items.contested_amount) as contested_amount,
        min(
            cast(contested_items.from_date as varchar) || ' ' || contested_items.reason_code
        ) as first_reason
    from contested_items
    where
        contested_items.from_date <= $as_of
        and (contested_items.to_date is null or contested_items.to_date > $as_of)
    group by contested_items.item_number
),

contested_parts as (
    select
        open_debits.item_number,
        open_debits.company_id,
        open_debits.customer_id,
        open_debits.item_id,
        open_debits.reference,
        open_debits.due_date,
        open_debits.past_due_days,
        open_debits.open_amount,
        case
            when contests.item_number is null then cast(0 as decimal(21, 3))
            else cast(
                least(
                    open_debits.open_amount,
                    money(
                        cast(contests.contested_amount as decimal(41, 3))
                        * open_debits.amount / nullif(open_debits.item_amount, 0),
                        $decimals
                    )
                ) as decimal(21, 3)
            )
        end as contested_amount,
        substr(contests.first_reason, 12) as reason_code
    from open_debits
    left join contests on open_debits.item_number = contests.item_number
),

-- a platform that says that a payment was sent promises it, for as long as a transfer may take
announced as (
    select
        coalesce(invoice_events.company_id, '') as company_id,
        invoice_events.item_id,
        cast(invoice_events.event_date + interval '5 days' as date) as promised_date,
        cast(invoice_events.event_date + interval '8 days' as date) as verdict_date
    from invoice_events
    inner join event_statuses on invoice_events.status_code = event_statuses.status_code
    where
        event_statuses.meaning_code = 'payment_sent'
        and invoice_events.event_date <= $as_of
        and invoice_events.event_date > $as_of - interval '8 days'
),

told_promises as (
    select
        promise_outcomes.company_id,
        promise_outcomes.customer_id,
        promise_outcomes.item_id,
        promise_outcomes.promised_date,
        promise_outcomes.verdict_date,
        false as is_announced
    from promise_outcomes
    where promise_outcomes.status_code = 'open' and promise_outcomes.item_id is not null
    union all
    select
        announced.company_id,
        cast(null as varchar) as customer_id,
        announced.item_id,
        announced.promised_date,
        announced.verdict_date,
        true as is_announced
    from announced
),

item_promises as (
    select
        document_names.item_number,
        max(told_promises.promised_date) as promised_date,
        max(told_promises.verdict_date) as verdict_date,
        bool_or(told_promises.is_announced) as is_announced
    from told_promises
    inner join document_names
        on told_promises.company_id = document_names.company_id
        and told_promises.item_id = document_names.name_text
        and coalesce(told_promises.customer_id, document_names.customer_id)
        = document_names.customer_id
    where
        document_names.is_one
        or (told_promises.customer_id is not null and document_names.is_one_of_customer)
    group by document_names.item_number
),

-- a promise without an amount is one of everything
customer_promises as (
    select
        promise_outcomes.company_id,
        promise_outcomes.customer_id,
        max(promise_outcomes.promised_date) as promised_date,
        max(promise_outcomes.verdict_date) as verdict_date,
        sum(promise_outcomes.promised_amount - promise_outcomes.received_amount)
            as promised_amount,
        bool_or(promise_outcomes.promised_amount is null) as is_of_everything
    from promise_outcomes
    where promise_outcomes.status_code = 'open' and promise_outcomes.item_id is null
    group by promise_outcomes.company_id, promise_outcomes.customer_id
),

uncontested_parts as (
    select
        contested_parts.item_number,
        contested_parts.company_id,
        contested_parts.customer_id,
        contested_parts.item_id,
        contested_parts.reference,
        contested_parts.due_date,
        contested_parts.past_due_days,
        contested_parts.open_amount,
        contested_parts.contested_amount,
        contested_parts.reason_code,
        contested_parts.open_amount - contested_parts.contested_amount as left_amount,
        item_promises.promised_date as item_promised_date,
        item_promises.verdict_date as item_verdict_date,
        coalesce(item_promises.is_announced, false) as is_announced
    from contested_parts
    left join item_promises on contested_parts.item_number = item_promises.item_number
),

unallocated as (
    select
        item_balances.company_id,
        item_balances.customer_id,
        -sum(item_balances.open_amount) as unallocated_amount
    from item_balances
    where item_balances.kind = 'receipt' and item_balances.open_amount < 0
    group by item_balances.company_id, item_balances.customer_id
),

-- only where something covers a customer's items is it asked which of them comes first
covered_customers as (
    select
        customer_promises.company_id,
        customer_promises.customer_id
    from customer_promises
    union
    select
        unallocated.company_id,
        unallocated.customer_id
    from unallocated
    union
    select
        customer_advances.company_id,
        customer_advances.customer_id
    from customer_advances
),

promised_turns as (
    select
        uncontested_parts.item_number,
        uncontested_parts.company_id,
        uncontested_parts.customer_id,
        uncontested_parts.item_id,
        uncontested_parts.reference,
        uncontested_parts.due_date,
        uncontested_parts.past_due_days,
        uncontested_parts.open_amount,
        uncontested_parts.contested_amount,
        uncontested_parts.reason_code,
        uncontested_parts.left_amount,
        uncontested_parts.item_promised_date,
        uncontested_parts.item_verdict_date,
        uncontested_parts.is_announced,
        sum(
            case
                when
                    uncontested_parts.item_promised_date is null
                    and uncontested_parts.past_due_days > 0
                    then uncontested_parts.left_amount
                else 0
            end
        ) over (
            partition by uncontested_parts.company_id, uncontested_parts.customer_id
            order by uncontested_parts.past_due_days desc nulls last, uncontested_parts.item_id
            rows between unbounded preceding and current row
        ) as amount_so_far
    from uncontested_parts
    left semi join covered_customers
        on uncontested_parts.company_id = covered_customers.company_id
        and uncontested_parts.customer_id = covered_customers.customer_id
),

promised_parts as (
    select
        promised_turns.item_number,
        promised_turns.company_id,
        promised_turns.customer_id,
        promised_turns.item_id,
        promised_turns.reference,
        promised_turns.due_date,
        promised_turns.past_due_days,
        promised_turns.open_amount,
        promised_turns.contested_amount,
        promised_turns.reason_code,
        promised_turns.left_amount,
        promised_turns.is_announced,
        coalesce(promised_turns.item_promised_date, customer_promises.promised_date)
            as promised_date,
        coalesce(promised_turns.item_verdict_date, customer_promises.verdict_date)
            as verdict_date,
        cast(
            case
                when promised_turns.item_promised_date is not null
                    then promised_turns.left_amount
                when
                    customer_promises.customer_id is null
                    or promised_turns.past_due_days is null
                    or promised_turns.past_due_days <= 0
                    then 0
                when customer_promises.is_of_everything then promised_turns.left_amount
                else greatest(
                    least(
                        promised_turns.left_amount,
                        customer_promises.promised_amount
                        - promised_turns.amount_so_far
                        + promised_turns.left_amount
                    ),
                    0
                )
            end as decimal(21, 3)
        ) as promised_amount
    from promised_turns
    left join customer_promises
        on promised_turns.company_id = customer_promises.company_id
        and promised_turns.customer_id = customer_promises.customer_id
),

received_turns as (
    select
        promised_parts.item_number,
        promised_parts.company_id,
        promised_parts.customer_id,
        promised_parts.item_id,
        promised_parts.reference,
        promised_parts.due_date,
        promised_parts.past_due_days,
        promised_parts.open_amount,
        promised_parts.contested_amount,
        promised_parts.reason_code,
        promised_parts.left_amount,
        promised_parts.is_announced,
        promised_parts.promised_date,
        promised_parts.verdict_date,
        promised_parts.promised_amount,
        sum(
            case
                when promised_parts.past_due_days > 0
                    then promised_parts.left_amount - promised_parts.promised_amount
                else 0
            end
        ) over (
            partition by promised_parts.company_id, promised_parts.customer_id
            order by promised_parts.past_due_days desc nulls last, promised_parts.item_id
            rows between unbounded preceding and current row
        ) as amount_so_far
    from promised_parts
),

received_parts as (
    select
        received_turns.item_number,
        received_turns.company_id,
        received_turns.customer_id,
        received_turns.item_id,
        received_turns.reference,
        received_turns.due_date,
        received_turns.past_due_days,
        received_turns.open_amount,
        received_turns.contested_amount,
        received_turns.promised_amount,
        received_turns.reason_code,
        received_turns.promised_date,
        received_turns.verdict_date,
        received_turns.is_announced,
        cast(
            case
                when
                    unallocated.customer_id is null
                    or received_turns.past_due_days is null
                    or received_turns.past_due_days <= 0
                    then 0
                else greatest(
                    least(
                        received_turns.left_amount - received_turns.promised_amount,
                        unallocated.unallocated_amount
                        - received_turns.amount_so_far
                        + received_turns.left_amount
                        - received_turns.promised_amount
                    ),
                    0
                )
            end as decimal(21, 3)
        ) as received_amount
    from received_turns
    left join unallocated
        on received_turns.company_id = unallocated.company_id
        and received_turns.customer_id = unallocated.customer_id
),

advanced_turns as (
    select
        received_parts.item_number,
        received_parts.company_id,
        received_parts.customer_id,
        received_parts.item_id,
        received_parts.reference,
        received_parts.due_date,
        received_parts.past_due_days,
        received_parts.open_amount,
        received_parts.contested_amount,
        received_parts.promised_amount,
        received_parts.reason_code,
        received_parts.promised_date,
        received_parts.verdict_date,
        received_parts.is_announced,
        received_parts.received_amount,
        sum(
            case
                when received_parts.past_due_days > 0
                    then received_parts.open_amount
                    - received_parts.contested_amount
                    - received_parts.promised_amount
                    - received_parts.received_amount
                else 0
            end
        ) over (
            partition by received_parts.company_id, received_parts.customer_id
            order by received_parts.past_due_days desc nulls last, received_parts.item_id
            rows between unbounded preceding and current row
        ) as amount_so_far
    from received_parts
),

advanced_parts as (
    select
        advanced_turns.item_number,
        advanced_turns.company_id,
        advanced_turns.customer_id,
        advanced_turns.item_id,
        advanced_turns.reference,
        advanced_turns.due_date,
        advanced_turns.past_due_days,
        advanced_turns.open_amount,
        advanced_turns.contested_amount,
        advanced_turns.promised_amount,
        advanced_turns.received_amount,
        advanced_turns.reason_code,
        advanced_turns.promised_date,
        advanced_turns.verdict_date,
        advanced_turns.is_announced,
        advanced_turns.open_amount
        - advanced_turns.contested_amount
        - advanced_turns.promised_amount
        - advanced_turns.received_amount as left_amount,
        cast(
            case
                when
                    customer_advances.customer_id is null
                    or advanced_turns.past_due_days is null
                    or advanced_turns.past_due_days <= 0
                    then 0
                else greatest(
                    least(
                        advanced_turns.open_amount
                        - advanced_turns.contested_amount
                        - advanced_turns.promised_amount
                        - advanced_turns.received_amount,
                        customer_advances.advance_amount
                        - advanced_turns.amount_so_far
                        + advanced_turns.open_amount
                        - advanced_turns.contested_amount
                        - advanced_turns.promised_amount
                        - advanced_turns.received_amount
                    ),
                    0
                )
            end as decimal(21, 3)
        ) as advanced_amount
    from advanced_turns
    left join customer_advances
        on advanced_turns.company_id = customer_advances.company_id
        and advanced_turns.customer_id = customer_advances.customer_id
),

all_parts as (
    select
        advanced_parts.item_number,
        advanced_parts.company_id,
        advanced_parts.customer_id,
        advanced_parts.item_id,
        advanced_parts.reference,
        advanced_parts.due_date,
        advanced_parts.past_due_days,
        advanced_parts.open_amount,
        advanced_parts.contested_amount,
        advanced_parts.promised_amount,
        advanced_parts.received_amount,
        advanced_parts.advanced_amount,
        advanced_parts.left_amount,
        advanced_parts.reason_code,
        advanced_parts.promised_date,
        advanced_parts.verdict_date,
        advanced_parts.is_announced
    from advanced_parts
    union all
    select
        uncontested_parts.item_number,
        uncontested_parts.company_id,
        uncontested_parts.customer_id,
        uncontested_parts.item_id,
        uncontested_parts.reference,
        uncontested_parts.due_date,
        uncontested_parts.past_due_days,
        uncontested_parts.open_amount,
        uncontested_parts.contested_amount,
        cast(
            case
                when uncontested_parts.item_promised_date is null then 0
                else uncontested_parts.left_amount
            end as decimal(21, 3)
        ) as promised_amount,
        cast(0 as decimal(21, 3)) as received_amount,
        cast(0 as decimal(21, 3)) as advanced_amount,
        case
            when uncontested_parts.item_promised_date is null then uncontested_parts.left_amount
            else 0
        end as left_amount,
        uncontested_parts.reason_code,
        uncontested_parts.item_promised_date as promised_date,
        uncontested_parts.item_verdict_date as verdict_date,
        uncontested_parts.is_announced
    from uncontested_parts
    left anti join covered_customers
        on uncontested_parts.company_id = covered_customers.company_id
        and uncontested_parts.customer_id = covered_customers.customer_id
)

select
    all_parts.item_number,
    all_parts.company_id,
    all_parts.customer_id,
    all_parts.item_id,
    coalesce(all_parts.reference, all_parts.item_id) as document_text,
    all_parts.due_date,
    cast(all_parts.past_due_days as bigint) as past_due_days,
    all_parts.open_amount,
    all_parts.contested_amount,
    all_parts.promised_amount,
    all_parts.received_amount,
    all_parts.advanced_amount,
    cast(all_parts.left_amount - all_parts.advanced_amount as decimal(21, 3))
        as free_amount,
    all_parts.reason_code,
    case
        when all_parts.reason_code is not null then coalesce(reasons.owner, 'collections')
    end as owner,
    case when all_parts.promised_amount > 0 then all_parts.promised_date end
        as promised_date,
    case when all_parts.promised_amount > 0 then all_parts.verdict_date end
        as verdict_date,
    all_parts.promised_amount > 0 and all_parts.is_announced as is_announced
from all_parts
left join reasons on all_parts.reason_code = reasons.reason_code
where
    all_parts.past_due_days > -15
    or all_parts.contested_amount > 0
