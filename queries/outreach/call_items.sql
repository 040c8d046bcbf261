-- call_items: what each call of the day is about, item by item.
--
-- grain:   one item of a line to be done by telephone
-- key:     message_id, item_id
-- source:  worklist, call_guides, work_items, item_balances, item_details, currencies
-- params:  $decimals int
-- columns:
--   company_id      text   whose receivables they are
--   customer_id     text   who owes
--   message_id      text   the line of the worklist
--   item_id         text   the item
--   document_text   text   number of the document, or else the item's identifier
--   order_id        text   the customer's order; null where unknown
--   issued_date     date   date of the document
--   due_date        date   contractual or derived
--   past_due_days   int    days past due; 0 or less where it is not yet due
--   currency_code   text   the item's own currency
--   decimal_count   int    decimals that this currency has
--   item_amount     money  the document's amount, in its own currency
--   asked_amount    money  what is neither contested nor promised nor paid, in its own currency

-- a group is called together
with callers as (
    select
        call_guides.message_id,
        call_guides.company_id,
        call_guides.tone_code,
        call_guides.customer_id
    from call_guides
    union
    select
        members.message_id,
        members.company_id,
        members.tone_code,
        split_part(members.member_text, '=', 1) as customer_id
    from (
        select
            call_guides.message_id,
            call_guides.company_id,
            call_guides.tone_code,
            unnest(string_to_array(worklist.members_text, '|')) as member_text
        from call_guides
        inner join worklist on call_guides.message_id = worklist.line_id
        where worklist.members_text is not null
    ) as members
)

select
    callers.company_id,
    work_items.customer_id,
    callers.message_id,
    work_items.item_id,
    work_items.document_text,
    item_details.order_id,
    item_balances.issued_date,
    work_items.due_date,
    cast(work_items.past_due_days as bigint) as past_due_days,
    item_balances.currency_code,
    coalesce(currencies.decimal_count, 2) as decimal_count,
    item_balances.item_amount,
    cast(
        case
            when work_items.free_amount = work_items.open_amount
                then item_balances.item_open_amount
            else money(
                cast(item_balances.item_open_amount as decimal(38, 3))
                * work_items.free_amount / work_items.open_amount,
                $decimals
            )
        end as decimal(21, 3)
    ) as asked_amount
from callers
inner join work_items
    on callers.company_id = work_items.company_id
    and callers.customer_id = work_items.customer_id
inner join item_balances on work_items.item_number = item_balances.item_number
left join item_details on work_items.item_number = item_details.item_number
left join currencies on item_balances.currency_code = currencies.currency_code
where
    work_items.free_amount > 0
    and (work_items.past_due_days > 0) = (callers.tone_code <> 'before_due')
order by message_id, due_date, document_text, item_id
