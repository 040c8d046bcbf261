-- roll_forward: from one month's closing receivables to the next, by what moved them.
--
-- grain:   one complete month-end on or before $as_of, from the first posted month on
-- key:     month_end_date
-- source:  as_of_days, receivables_by_day, posted_days
-- params:  none
-- columns:
--   month_end_date            date   last day of the month
--   opening_amount            money  open at the month-end before
--   invoices_amount           money  items posted in the month, by kind
--   credit_notes_amount       money  negative claims
--   receipts_amount           money  cash that came in
--   returned_receipts_amount  money  cash that the bank took back
--   refunds_amount            money  cash paid back: credit notes, overpayments
--   discounts_amount          money  for early payment
--   write_offs_amount         money  claims given up
--   offsets_amount            money  set against what we owe
--   factored_amount           money  sold to a factor
--   transfers_amount          money  between receivable accounts
--   adjustments_amount        money  anything else, and exchange differences of allocations
--   openings_amount           money  balances brought forward
--   closing_amount            money  the sum; open at the month-end

with months as (
    select
        as_of_days.as_of_date as month_end_date,
        as_of_days.month_number,
        as_of_days.is_posted,
        receivables_by_day.open_amount as closing_amount,
        lag(receivables_by_day.open_amount, 1, cast(0 as decimal(21, 3))) over (
            order by as_of_days.as_of_date
        ) as opening_amount
    from as_of_days
    inner join receivables_by_day on as_of_days.as_of_date = receivables_by_day.as_of_date
    where as_of_days.is_month_end
),

movements as (
    select
        month_number(posted_days.posted_date) as month_number,
        sum(case when posted_days.kind = 'invoice' then posted_days.amount end)
            as invoices_amount,
        sum(case when posted_days.kind = 'credit_note' then posted_days.amount end)
            as credit_notes_amount,
        sum(case when posted_days.kind = 'receipt' then posted_days.amount end)
            as receipts_amount,
        sum(case when posted_days.kind = 'returned_receipt' then posted_days.amount end)
            as returned_receipts_amount,
        sum(case when posted_days.kind = 'refund' then posted_days.amount end)
            as refunds_amount,
        sum(case when posted_days.kind = 'discount' then posted_days.amount end)
            as discounts_amount,
        sum(case when posted_days.kind = 'write_off' then posted_days.amount end)
            as write_offs_amount,
        sum(case when posted_days.kind = 'offset' then posted_days.amount end)
            as offsets_amount,
        sum(case when posted_days.kind = 'factored' then posted_days.amount end)
            as factored_amount,
        sum(case when posted_days.kind = 'transfer' then posted_days.amount end)
            as transfers_amount,
        sum(case when posted_days.kind = 'opening' then posted_days.amount end)
            as openings_amount
    from posted_days
    group by month_number
),

month_movements as (
    select
        months.month_end_date,
        months.is_posted,
        months.opening_amount,
        months.closing_amount,
        coalesce(movements.invoices_amount, 0) as invoices_amount,
        coalesce(movements.credit_notes_amount, 0) as credit_notes_amount,
        coalesce(movements.receipts_amount, 0) as receipts_amount,
        coalesce(movements.returned_receipts_amount, 0) as returned_receipts_amount,
        coalesce(movements.refunds_amount, 0) as refunds_amount,
        coalesce(movements.discounts_amount, 0) as discounts_amount,
        coalesce(movements.write_offs_amount, 0) as write_offs_amount,
        coalesce(movements.offsets_amount, 0) as offsets_amount,
        coalesce(movements.factored_amount, 0) as factored_amount,
        coalesce(movements.transfers_amount, 0) as transfers_amount,
        coalesce(movements.openings_amount, 0) as openings_amount
    from months
    left join movements on months.month_number = movements.month_number
)

select
    month_movements.month_end_date,
    month_movements.opening_amount,
    cast(month_movements.invoices_amount as decimal(21, 3)) as invoices_amount,
    cast(month_movements.credit_notes_amount as decimal(21, 3)) as credit_notes_amount,
    cast(month_movements.receipts_amount as decimal(21, 3)) as receipts_amount,
    cast(month_movements.returned_receipts_amount as decimal(21, 3)) as returned_receipts_amount,
    cast(month_movements.refunds_amount as decimal(21, 3)) as refunds_amount,
    cast(month_movements.discounts_amount as decimal(21, 3)) as discounts_amount,
    cast(month_movements.write_offs_amount as decimal(21, 3)) as write_offs_amount,
    cast(month_movements.offsets_amount as decimal(21, 3)) as offsets_amount,
    cast(month_movements.factored_amount as decimal(21, 3)) as factored_amount,
    cast(month_movements.transfers_amount as decimal(21, 3)) as transfers_amount,
    -- Items of kind adjustment or of none of these, and, in base currency, what allocations between
    -- items of different rates change: the rest of the change of the balance.
    cast(
        month_movements.closing_amount
        - month_movements.opening_amount
        - month_movements.invoices_amount
        - month_movements.credit_notes_amount
        - month_movements.receipts_amount
        - month_movements.returned_receipts_amount
        - month_movements.refunds_amount
        - month_movements.discounts_amount
        - month_movements.write_offs_amount
        - month_movements.offsets_amount
        - month_movements.factored_amount
        - month_movements.transfers_amount
        - month_movements.openings_amount as decimal(21, 3)
    ) as adjustments_amount,
    cast(month_movements.openings_amount as decimal(21, 3)) as openings_amount,
    month_movements.closing_amount
from month_movements
where month_movements.is_posted
order by month_movements.month_end_date
