-- statement_balance: how an account went from the last statement to this one.
--
-- grain:   one row
-- key:     as_of_date
-- source:  asked_customers, known_items, item_balances, customer_advances, book_limits
-- params:  $as_of date, $since date
-- columns:
--   since_date           date   end of the day of the last statement; null, as all that moved
--                               since, where books hold lists of open items only
--   as_of_date           date   end of the day of this one
--   opening_amount       money  balance at the end of since_date
--   invoiced_amount      money  invoices posted since
--   credited_amount      money  credit notes posted since
--   received_amount      money  receipts posted since, less returned ones
--   other_amount         money  anything else posted since
--   closing_amount       money  the sum: all open items
--   overdue_amount       money  the part due before as_of_date, credits included; never below 0
--   advance_amount       money  advances that we hold beside the items; null without

-- The balance moves by what is posted; an allocation moves nothing, but for differences of exchange
-- rates, which are among the others.
with movements as (
    select
        sum(
            case when known_items.posted_date <= $since then known_items.answer_amount else 0 end
        ) as posted_before_amount,
        sum(
            case
                when known_items.posted_date > $since and known_items.kind = 'invoice'
                    then known_items.answer_amount
                else 0
            end
        ) as invoiced_amount,
        sum(
            case
                when known_items.posted_date > $since and known_items.kind = 'credit_note'
                    then known_items.answer_amount
                else 0
            end
        ) as credited_amount,
        sum(
            case
                when
                    known_items.posted_date > $since
                    and known_items.kind in ('receipt', 'returned_receipt', 'refund')
                    then known_items.answer_amount
                else 0
            end
        ) as received_amount
    from known_items
    inner join asked_customers
        on known_items.company_id = asked_customers.company_id
        and known_items.customer_id = asked_customers.customer_id
),

balances as (
    select
        coalesce(sum(item_balances.open_amount), 0) as closing_amount,
        greatest(
            coalesce(
                sum(
                    case
                        when item_balances.past_due_days > 0 then item_balances.open_amount
                        else 0
                    end
                ),
                0
            ),
            0
        ) as overdue_amount
    from item_balances
    inner join asked_customers
        on item_balances.company_id = asked_customers.company_id
        and item_balances.customer_id = asked_customers.customer_id
),

advances as (
    select coalesce(sum(customer_advances.advance_amount), 0) as advance_amount
    from customer_advances
    inner join asked_customers
        on customer_advances.company_id = asked_customers.company_id
        and customer_advances.customer_id = asked_customers.customer_id
)

select
    case when book_limits.has_history then cast($since as date) end as since_date,
    cast($as_of as date) as as_of_date,
    case
        when book_limits.has_history
            then cast(coalesce(movements.posted_before_amount, 0) as decimal(21, 3))
    end as opening_amount,
    case
        when book_limits.has_history
            then cast(coalesce(movements.invoiced_amount, 0) as decimal(21, 3))
    end as invoiced_amount,
    case
        when book_limits.has_history
            then cast(coalesce(movements.credited_amount, 0) as decimal(21, 3))
    end as credited_amount,
    case
        when book_limits.has_history
            then cast(coalesce(movements.received_amount, 0) as decimal(21, 3))
    end as received_amount,
    case
        when book_limits.has_history
            then cast(
                balances.closing_amount
                - coalesce(movements.posted_before_amount, 0)
                - coalesce(movements.invoiced_amount, 0)
                - coalesce(movements.credited_amount, 0)
                - coalesce(movements.received_amount, 0) as decimal(21, 3)
            )
    end as other_amount,
    cast(balances.closing_amount as decimal(21, 3)) as closing_amount,
    cast(balances.overdue_amount as decimal(21, 3)) as overdue_amount,
    cast(nullif(advances.advance_amount, 0) as decimal(21, 3)) as advance_amount
from movements
cross join balances
cross join advances
cross join book_limits
order by as_of_date
