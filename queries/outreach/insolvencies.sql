-- insolvencies: customers in insolvency, what they owed then, and until when the claim is declared.
--
-- grain:   one notice about a customer
-- key:     company_id, customer_id, notice_id
-- source:  insolvency_matches, known_items, known_allocations, item_details, messages,
--          message_states, actions
-- params:  $as_of date
-- columns:
--   company_id           text   whose receivables they are
--   customer_id          text   the customer
--   customer_name        text   its name, or its identifier where it has none
--   notice_id            text   the notice
--   judgment_text        text   what was judged, as the notice says
--   judgment_date        date   when; null where the notice does not say
--   published_date       date   when it was published: the time to declare runs from it
--   administrator_text   text   to whom the claim is declared; null where the notice does not say
--   deadline_date        date   the last day to declare, for a creditor in France: two months after
--                               publication (C. com. R.622-24)
--   abroad_deadline_date date   the same for a creditor outside metropolitan France: four months
--   relief_date          date   the last day to ask for relief: six months (C. com. L.622-26)
--   declaration_id       text   by which the letter that declares the claim is known
--   left_days            int    days until the deadline; negative once it is over
--   is_declared          flag   a declaration was sent, or a claim filed
--   open_amount          money  what it owed on the day of the judgment, or else of publication
--   due_amount           money  of it, due by then
--   to_fall_due_amount   money  of it, not yet due then
--   retained_amount      money  of it, for goods that stay ours until they are paid
--   reclaim_date         date   the last day to claim these back: three months after publication
--                               (C. com. L.624-9); null where there are none

with notices as (
    select
        insolvency_matches.company_id,
        insolvency_matches.customer_id,
        insolvency_matches.customer_name,
        insolvency_matches.notice_id,
        insolvency_matches.judgment_text,
        insolvency_matches.judgment_date,
        insolvency_matches.published_date,
        insolvency_matches.administrator_text,
        coalesce(insolvency_matches.judgment_date, insolvency_matches.published_date)
            as judged_date
    from insolvency_matches
    where insolvency_matches.published_date <= $as_of
),

declared as (
    select distinct
        message_states.company_id,
        message_states.customer_id
    from message_states
    inner join messages
        on message_states.company_id = coalesce(messages.company_id, '')
        and message_states.message_id = messages.message_id
    where messages.tone_code = 'declaration' and message_states.sent_date is not null
    union
    select distinct
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id
    from actions
    where actions.result_code = 'claim_filed' and actions.action_date <= $as_of
),

debts as (
    select
        notices.company_id,
        notices.customer_id,
        notices.notice_id,
        notices.judged_date,
        known_items.item_number,
        known_items.is_debit,
        coalesce(known_items.due_date <= notices.judged_date, false) as is_due,
        known_items.answer_amount as amount
    from notices
    inner join known_items
        on notices.company_id = known_items.company_id
        and notices.customer_id = known_items.customer_id
    where known_items.posted_date <= notices.judged_date
),

-- what was paid or credited by then lowers it, whatever came after
movements as (
    select
        debts.notice_id,
        debts.item_number,
        -known_allocations.answer_amount as amount
    from debts
    inner join known_allocations on debts.item_number = known_allocations.debit_item_number
    where known_allocations.acting_date <= debts.judged_date
    union all
    select
        debts.notice_id,
        debts.item_number,
        known_allocations.answer_amount as amount
    from debts
    inner join known_allocations on debts.item_number = known_allocations.credit_item_number
    where known_allocations.acting_date <= debts.judged_date
),

moved_sums as (
    select
        movements.notice_id,
        movements.item_number,
        sum(movements.amount) as amount
    from movements
    group by movements.notice_id, movements.item_number
),

sums as (
    select
        debts.company_id,
        debts.customer_id,
        debts.notice_id,
        sum(debts.amount + coalesce(moved_sums.amount, 0)) as open_amount,
        sum(case when debts.is_due then debts.amount + coalesce(moved_sums.amount, 0) else 0 end)
            as due_amount,
        sum(
            case
                when debts.is_debit and coalesce(item_details.is_title_retained, false)
                    then debts.amount + coalesce(moved_sums.amount, 0)
                else 0
            end
        ) as retained_amount
    from debts
    left join moved_sums
        on debts.notice_id = moved_sums.notice_id
        and debts.item_number = moved_sums.item_number
    left join item_details on debts.item_number = item_details.item_number
    group by debts.company_id, debts.customer_id, debts.notice_id
)

select
    notices.company_id,
    notices.customer_id,
    notices.customer_name,
    notices.notice_id,
    notices.judgment_text,
    notices.judgment_date,
    notices.published_date,
    notices.administrator_text,
    cast(notices.published_date + interval '2 months' as date) as deadline_date,
    cast(notices.published_date + interval '4 months' as date) as abroad_deadline_date,
    cast(notices.published_date + interval '6 months' as date) as relief_date,
    text_digest(
        concat_ws(
            '|', notices.company_id, notices.customer_id, notices.notice_id, 'declaration'
        )
    ) as declaration_id,
    cast(
        cast(notices.published_date + interval '2 months' as date) - $as_of as bigint
    ) as left_days,
    declared.customer_id is not null as is_declared,
    cast(coalesce(sums.open_amount, 0) as decimal(21, 3)) as open_amount,
    cast(coalesce(sums.due_amount, 0) as decimal(21, 3)) as due_amount,
    cast(coalesce(sums.open_amount - sums.due_amount, 0) as decimal(21, 3))
        as to_fall_due_amount,
    cast(coalesce(sums.retained_amount, 0) as decimal(21, 3)) as retained_amount,
    case
        when sums.retained_amount > 0
            then cast(notices.published_date + interval '3 months' as date)
    end as reclaim_date
from notices
left join declared
    on notices.company_id = declared.company_id
    and notices.customer_id = declared.customer_id
left join sums
    on notices.company_id = sums.company_id
    and notices.customer_id = sums.customer_id
    and notices.notice_id = sums.notice_id
order by deadline_date, company_id, customer_id, notice_id
