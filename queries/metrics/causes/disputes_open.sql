-- disputes_open: which hold-ups wait for whom: what each owner can remove, the largest first.
--
-- grain:   one contest and item that holds on $as_of, with something still open
-- key:     contest_id, item_id, company_id
-- source:  contest_measures, known_items, item_balances, reasons, actions
-- params:  $as_of date
-- columns:
--   owner             text   who can remove it; `unknown` where the reason is none of ours
--   contest_id        text   the dispute; else `event` or `action` and what tells it apart
--   company_id        text   whose item it is
--   customer_id       text   who contests
--   customer_name     text   its name, or its identifier where it has none
--   item_id           text   the item contested
--   reference         text   number of the document
--   reason_code       text   why
--   process_code      text   whose process; `unknown` where the reason is none of ours
--   opened_date       date   since when it holds
--   age_days          int    from then to $as_of
--   disputed_amount   money  what is still contested and open, in the answer's currency
--   open_amount       money  what is open on the item
--   due_date          date   null where unknown
--   last_action_date  date   of the last contact about the item, or else with the customer
--   last_channel_code  text  how; null where nobody was ever contacted
--   last_result_code  text   what came of it
--   last_note_text    text   what was noted
--   salesperson       text   who sold it; `unknown` where nobody said
--   site              text   where goods left from; `unknown` where nobody said
--   product_line      text   what was sold; `unknown` where nobody said
--   is_undated        flag   nobody said since when it holds: since the item was posted

with open_contests as (
    select
        contest_measures.contest_id,
        contest_measures.item_number,
        contest_measures.reason_code,
        contest_measures.company_id,
        contest_measures.customer_id,
        contest_measures.customer_name,
        contest_measures.site,
        contest_measures.product_line,
        contest_measures.salesperson,
        contest_measures.from_date,
        contest_measures.age_days,
        contest_measures.open_amount,
        contest_measures.is_undated,
        known_items.item_id,
        known_items.reference,
        known_items.due_date
    from contest_measures
    inner join known_items on contest_measures.item_number = known_items.item_number
    where contest_measures.is_open
),

ranked_actions as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.item_id,
        actions.action_date,
        actions.channel_code,
        actions.result_code,
        actions.note,
        row_number() over (
            partition by coalesce(actions.company_id, ''), actions.item_id
            order by actions.action_date desc, actions.action_id desc
        ) as item_rank,
        row_number() over (
            partition by coalesce(actions.company_id, ''), actions.customer_id
            order by actions.action_date desc, actions.action_id desc
        ) as customer_rank
    from actions
    where actions.action_date <= $as_of
),

item_actions as (
    select
        ranked_actions.company_id,
        ranked_actions.item_id,
        ranked_actions.action_date,
        ranked_actions.channel_code,
        ranked_actions.result_code,
        ranked_actions.note
    from ranked_actions
    where ranked_actions.item_id is not null and ranked_actions.item_rank = 1
),

customer_actions as (
    select
        ranked_actions.company_id,
        ranked_actions.customer_id,
        ranked_actions.action_date,
        ranked_actions.channel_code,
        ranked_actions.result_code,
        ranked_actions.note
    from ranked_actions
    where ranked_actions.customer_rank = 1
),

-- an action names an item, or the number of its document
last_actions as (
    select
        open_contests.contest_id,
        open_contests.item_number,
        coalesce(
            named_actions.action_date, referenced_actions.action_date, customer_actions.action_date
        ) as action_date,
        case
            when named_actions.action_date is not null then named_actions.channel_code
            when referenced_actions.action_date is not null then referenced_actions.channel_code
            else customer_actions.channel_code
        end as channel_code,
        case
            when named_actions.action_date is not null then named_actions.result_code
            when referenced_actions.action_date is not null then referenced_actions.result_code
            else customer_actions.result_code
        end as result_code,
        case
            when named_actions.action_date is not null then named_actions.note
            when referenced_actions.action_date is not null then referenced_actions.note
            else customer_actions.note
        end as note
    from open_contests
    left join item_actions as named_actions
        on open_contests.company_id = named_actions.company_id
        and open_contests.item_id = named_actions.item_id
    left join item_actions as referenced_actions
        on open_contests.company_id = referenced_actions.company_id
        and open_contests.reference = referenced_actions.item_id
        and named_actions.item_id is null
    left join customer_actions
        on open_contests.company_id = customer_actions.company_id
        and open_contests.customer_id = customer_actions.customer_id
)

select
    coalesce(reasons.owner, 'unknown') as owner,
    open_contests.contest_id,
    open_contests.company_id,
    open_contests.customer_id,
    open_contests.customer_name,
    open_contests.item_id,
    open_contests.reference,
    open_contests.reason_code,
    coalesce(reasons.process_code, 'unknown') as process_code,
    open_contests.from_date as opened_date,
    open_contests.age_days,
    open_contests.open_amount as disputed_amount,
    item_balances.open_amount,
    open_contests.due_date,
    last_actions.action_date as last_action_date,
    last_actions.channel_code as last_channel_code,
    last_actions.result_code as last_result_code,
    last_actions.note as last_note_text,
    open_contests.salesperson,
    open_contests.site,
    open_contests.product_line,
    open_contests.is_undated
from open_contests
inner join item_balances on open_contests.item_number = item_balances.item_number
left join last_actions
    on open_contests.contest_id = last_actions.contest_id
    and open_contests.item_number = last_actions.item_number
left join reasons on open_contests.reason_code = reasons.reason_code
order by
    owner,
    disputed_amount desc,
    open_contests.contest_id,
    open_contests.item_id,
    open_contests.company_id
