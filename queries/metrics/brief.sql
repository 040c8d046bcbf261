-- brief: what happened, in three sentences: the biggest movement, cause and customer.
--
-- grain:   one sentence
-- key:     brief_order
-- source:  key_figures, cause_costs, root_causes, customer_aging, item_balances, sentences
-- params:  $as_of date, $language text
-- columns:
--   brief_order  int   order in which they are told
--   brief_code   text  which: overdue_up, open_down…, nothing_before, cause, customer
--   brief_text   text  the sentence; `{reason_code=code}` and `{owner=code}` stand for their words

with reader as (
    select
        cast($language as varchar) as language_code,
        case $language when 'fr' then ' %' else '%' end as percent_mark
),

days as (
    select
        key_figures.as_of_date,
        key_figures.open_amount,
        key_figures.gross_overdue_amount,
        key_figures.gross_overdue_ratio,
        key_figures.disputed_amount,
        key_figures.open_count,
        row_number() over (order by key_figures.as_of_date desc) as day_order
    from key_figures
),

-- a month before the books has nothing to compare with
compared as (
    select
        today.open_amount,
        today.gross_overdue_amount,
        today.gross_overdue_ratio,
        today.disputed_amount,
        case when before.open_count > 0 then today.open_amount - before.open_amount end
            as open_change,
        case
            when before.open_count > 0
                then today.gross_overdue_amount - before.gross_overdue_amount
        end as overdue_change,
        case when before.open_count > 0 then today.disputed_amount - before.disputed_amount end
            as disputed_change
    from days as today
    left join days as before on before.day_order = 2
    where today.day_order = 1
),

movements as (
    select
        'overdue' as subject_code,
        compared.overdue_change as change_amount,
        compared.gross_overdue_amount as amount
    from compared
    union all
    select
        'open' as subject_code,
        compared.open_change as change_amount,
        compared.open_amount as amount
    from compared
    union all
    select
        'disputed' as subject_code,
        compared.disputed_change as change_amount,
        compared.disputed_amount as amount
    from compared
),

largest_movement as (
    select
        movements.subject_code,
        movements.change_amount,
        movements.amount,
        row_number() over (
            order by abs(movements.change_amount) desc, movements.subject_code desc
        ) as size_order
    from movements
    where movements.change_amount <> 0
    qualify size_order = 1
),

first_cause as (
    select
        cause_costs.reason_code,
        cause_costs.owner,
        cause_costs.cost_amount,
        root_causes.share_ratio,
        row_number() over (order by cause_costs.cost_amount desc, cause_costs.reason_code)
            as size_order
    from cause_costs
    inner join root_causes on cause_costs.reason_code = root_causes.reason_code
    qualify size_order = 1
),

largest_debtor as (
    select
        customer_aging.company_id,
        customer_aging.customer_id,
        customer_aging.customer_name,
        customer_aging.gross_overdue_amount,
        row_number() over (
            order by
                customer_aging.gross_overdue_amount desc,
                customer_aging.company_id,
                customer_aging.customer_id
        ) as size_order
    from customer_aging
    where customer_aging.gross_overdue_amount > 0
    qualify size_order = 1
),

oldest_items as (
    select max(item_balances.past_due_days) as past_due_days
    from item_balances
    inner join largest_debtor
        on item_balances.company_id = largest_debtor.company_id
        and item_balances.customer_id = largest_debtor.customer_id
    where item_balances.is_debit and item_balances.open_amount > 0
),

told as (
    select
        1 as brief_order,
        largest_movement.subject_code
        || case when largest_movement.change_amount > 0 then '_up' else '_down' end
        || case
            when largest_movement.subject_code = 'overdue' and largest_movement.amount = 0
                then '_to_nil'
            when largest_movement.subject_code = 'open' and compared.gross_overdue_ratio is null
                then '_without_debit'
            else ''
        end as brief_code,
        abs(largest_movement.change_amount) as change_amount,
        largest_movement.amount,
        compared.gross_overdue_ratio as ratio,
        cast(null as bigint) as day_count,
        cast(null as varchar) as name
    from largest_movement
    cross join compared
    union all
    select
        1 as brief_order,
        'nothing_before' as brief_code,
        compared.gross_overdue_amount as change_amount,
        compared.open_amount as amount,
        compared.gross_overdue_ratio as ratio,
        cast(null as bigint) as day_count,
        cast(null as varchar) as name
    from compared
    where compared.overdue_change is null
    union all
    select
        2 as brief_order,
        'cause' as brief_code,
        first_cause.cost_amount as change_amount,
        first_cause.cost_amount as amount,
        first_cause.share_ratio as ratio,
        cast(null as bigint) as day_count,
        cast(null as varchar) as name
    from first_cause
    union all
    select
        3 as brief_order,
        'customer' as brief_code,
        cast(null as decimal(21, 3)) as change_amount,
        largest_debtor.gross_overdue_amount as amount,
        cast(
            cast(largest_debtor.gross_overdue_amount as decimal(50, 8))
            / cast(compared.gross_overdue_amount as decimal(27, 3)) as decimal(18, 6)
        ) as ratio,
        oldest_items.past_due_days as day_count,
        largest_debtor.customer_name as name
    from largest_debtor
    cross join compared
    cross join oldest_items
    union all
    select
        3 as brief_order,
        'nothing_overdue' as brief_code,
        cast(null as decimal(21, 3)) as change_amount,
        cast(null as decimal(21, 3)) as amount,
        cast(null as decimal(18, 6)) as ratio,
        cast(null as bigint) as day_count,
        cast(null as varchar) as name
    from compared
    where compared.gross_overdue_amount = 0
)

select
    told.brief_order,
    told.brief_code,
    filled_text(
        case when reader.language_code = 'fr' then sentences.fr_text else sentences.en_text end,
        make_array('change', 'amount', 'ratio', 'days', 'customer', 'reason', 'owner'),
        make_array(
            number_text(round(told.change_amount), 0, reader.language_code),
            number_text(round(told.amount), 0, reader.language_code),
            number_text(told.ratio * 100, 0, reader.language_code) || reader.percent_mark,
            number_text(told.day_count, 0, reader.language_code),
            told.name,
            '{reason_code=' || first_cause.reason_code || '}',
            '{owner=' || first_cause.owner || '}'
        )
    ) as brief_text
from told
cross join reader
left join first_cause on told.brief_code = 'cause'
inner join sentences on sentences.sentence_code = 'brief.' || told.brief_code
order by told.brief_order
