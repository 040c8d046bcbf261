-- posted_days: the items posted up to the as-of day, summed by what they are and their days.
--
-- grain:   one kind, sign, account, issue date, posted date and due date
-- source:  item_days, accounts
-- params:  $as_of date, $in_base flag
-- columns:
--   kind            text   invoice, receipt, credit_note…
--   account         text   receivable account; null where the source has none
--   role_code       text   role of the account; null where unknown
--   is_debit        flag   items of an amount above zero
--   is_doubtful     flag   on an account of doubtful customers
--   issued_date     date   date of the document
--   posted_date     date   from which the items count
--   due_date        date   as known_items says; null where unknown
--   due_is_derived  flag   the due date comes from terms, not from the source
--   amount          money  in the answer's currency, + owed to us
--   item_count      int    items

select
    item_days.kind,
    item_days.account,
    accounts.role_code,
    item_days.is_debit,
    coalesce(accounts.role_code = 'doubtful', false) as is_doubtful,
    item_days.issued_date,
    item_days.posted_date,
    item_days.due_date,
    item_days.due_is_derived,
    cast(
        sum(case when $in_base then item_days.base_amount else item_days.amount end)
        as decimal(21, 3)
    ) as amount,
    sum(item_days.item_count) as item_count
from item_days
left join accounts on item_days.account = accounts.account
where item_days.posted_date <= $as_of
group by
    item_days.kind,
    item_days.account,
    accounts.role_code,
    item_days.is_debit,
    item_days.issued_date,
    item_days.posted_date,
    item_days.due_date,
    item_days.due_is_derived
