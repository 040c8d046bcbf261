-- accounts: the role of each account that holds an item.
--
-- grain:   one account of an item that a prefix of the reference data covers
-- key:     account
-- source:  item_days, account_roles
-- params:  none
-- columns:
--   account       text  as the ledger writes it
--   role_code     text  trade, retention, bills, doubtful, factor…
--   is_perimeter  flag  whether its balance is part of the receivables

with used_accounts as (
    select distinct item_days.account
    from item_days
    where item_days.account is not null
),

-- the longest prefix wins: 4117 (retention) before 411 (trade)
prefix_matches as (
    select
        used_accounts.account,
        account_roles.role_code,
        account_roles.is_perimeter,
        row_number() over (
            partition by used_accounts.account
            order by character_length(account_roles.account_prefix) desc, account_roles.role_code
        ) as match_rank
    from used_accounts
    inner join account_roles
        on starts_with(used_accounts.account, account_roles.account_prefix)
)

select
    prefix_matches.account,
    prefix_matches.role_code,
    prefix_matches.is_perimeter
from prefix_matches
where prefix_matches.match_rank = 1
order by prefix_matches.account
