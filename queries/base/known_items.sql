-- known_items: the items posted on or before the as-of day.
--
-- grain:   one item posted on or before $as_of
-- key:     item_number
-- source:  items, accounts
-- params:  $as_of date, $in_base flag, $ages_from_issue flag
-- kept:    no
-- columns:
--   item_number     int    join key of this lake; means nothing outside of it
--   company_id      text   empty where the lake holds none
--   item_id         text   identifier, stable across loads
--   customer_id     text   who owes
--   account         text   receivable account; null where the source has none
--   role_code       text   role of the account; null where unknown
--   kind            text   invoice, receipt, credit_note…
--   is_debit        flag   amount above zero: the customer owes it
--   is_claim        flag   a debit that says how a customer pays: invoice, opening, transfer
--   is_doubtful     flag   on an account of doubtful customers
--   issued_date     date   date of the document
--   posted_date     date   from which the item counts
--   due_date        date   credits and money that went back sit on their own date; null if unknown
--   aged_from_date  date   the day ages count from: due_date, or issued_date where that is asked
--   due_is_derived  flag   the due date comes from terms, not from the source
--   currency_code   text   currency of amount
--   amount          money  in the item's own currency, + owed to us
--   answer_amount   money  the same in the currency of the answer
--   reference       text   number of the document; where a list has no other, what tells its rows
--   order_id        text   order it belongs to; these five as the list of items says
--   site            text   where goods left from
--   product_line    text   what was sold
--   salesperson     text   who sold it
--   delivered_date  date   when goods arrived
--   billing_channel text   how the document was sent; null where unknown
--   source_file     text   where it was read
--   source_line     int    line in that file

select
    items.item_number,
    coalesce(items.company_id, '') as company_id,
    items.item_id,
    items.customer_id,
    items.account,
    accounts.role_code,
    items.kind,
    items.amount > 0 or (items.amount = 0 and items.base_amount > 0) as is_debit,
    items.amount > 0 and items.kind in ('invoice', 'opening', 'transfer') as is_claim,
    coalesce(accounts.role_code = 'doubtful', false) as is_doubtful,
    items.issued_date,
    coalesce(items.posted_date, items.issued_date) as posted_date,
    case
        when items.amount > 0 and items.kind not in ('returned_receipt', 'refund')
            then items.due_date
        else coalesce(items.due_date, items.issued_date)
    end as due_date,
    case
        when $ages_from_issue then items.issued_date
        when items.amount > 0 and items.kind not in ('returned_receipt', 'refund')
            then items.due_date
        else coalesce(items.due_date, items.issued_date)
    end as aged_from_date,
    coalesce(items.due_is_derived, false) as due_is_derived,
    items.currency_code,
    items.amount,
    case when $in_base then items.base_amount else items.amount end as answer_amount,
    coalesce(items.reference, case when items.account is null then items.item_id end)
        as reference,
    items.order_id,
    items.site,
    items.product_line,
    items.salesperson,
    items.delivered_date,
    items.billing_channel,
    items.source_file,
    items.source_line
from items
left join accounts on items.account = accounts.account
where coalesce(items.posted_date, items.issued_date) <= $as_of
