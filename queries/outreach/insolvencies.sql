-- insolvencies: customers in insolvency, what they owe, and until when the claim can be declared.
--
-- grain:   one notice about a customer
-- key:     company_id, customer_id, notice_id
-- source:  insolvent_customers, insolvency_notices, customers, item_balances, messages,
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
--   relief_date          date   the last day to ask for relief: six months (C. com. L.622-26)
--   left_days            int    days until the deadline; negative once it is over
--   is_declared          flag   a declaration was sent, or a claim filed
--   open_amount          money  what it owes
--   due_amount           money  of it, due by the judgment
--   to_fall_due_amount   money  of it, not yet due then

with numbered as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        customers.name as customer_name,
        regexp_replace(
            regexp_replace(upper(customers.registration_id), '[^0-9A-Z]', '', 'g'),
            '^([0-9]{9}).*$',
            '\1'
        ) as number_text
    from customers
    where customers.registration_id is not null
),

notices as (
    select
        numbered.company_id,
        numbered.customer_id,
        numbered.customer_name,
        insolvency_notices.notice_id,
        insolvency_notices.judgment_text,
        insolvency_notices.judgment_date,
        insolvency_notices.published_date,
        insolvency_notices.administrator_text
    from numbered
    inner join insolvent_customers
        on numbered.company_id = insolvent_customers.company_id
        and numbered.customer_id = insolvent_customers.customer_id
    inner join insolvency_notices
        on numbered.number_text
        = regexp_replace(
            regexp_replace(upper(insolvency_notices.registration_id), '[^0-9A-Z]', '', 'g'),
            '^([0-9]{9}).*$',
            '\1'
        )
    where insolvency_notices.published_date <= $as_of
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

sums as (
    select
        notices.company_id,
        notices.customer_id,
        notices.notice_id,
        sum(item_balances.open_amount) as open_amount,
        sum(
            case
                when item_balances.due_date <= coalesce(
                    notices.judgment_date, notices.published_date
                )
                    then item_balances.open_amount
                else 0
            end
        ) as due_amount
    from notices
    inner join item_balances
        on notices.company_id = item_balances.company_id
        and notices.customer_id = item_balances.customer_id
    group by notices.company_id, notices.customer_id, notices.notice_id
)

select
    notices.company_id,
    notices.customer_id,
    coalesce(notices.customer_name, notices.customer_id) as customer_name,
    notices.notice_id,
    notices.judgment_text,
    notices.judgment_date,
    notices.published_date,
    notices.administrator_text,
    cast(notices.published_date + interval '2 months' as date) as deadline_date,
    cast(notices.published_date + interval '6 months' as date) as relief_date,
    cast(
        cast(notices.published_date + interval '2 months' as date) - $as_of as bigint
    ) as left_days,
    declared.customer_id is not null as is_declared,
    cast(coalesce(sums.open_amount, 0) as decimal(21, 3)) as open_amount,
    cast(coalesce(sums.due_amount, 0) as decimal(21, 3)) as due_amount,
    cast(coalesce(sums.open_amount - sums.due_amount, 0) as decimal(21, 3))
        as to_fall_due_amount
from notices
left join declared
    on notices.company_id = declared.company_id
    and notices.customer_id = declared.customer_id
left join sums
    on notices.company_id = sums.company_id
    and notices.customer_id = sums.customer_id
    and notices.notice_id = sums.notice_id
order by deadline_date, company_id, customer_id, notice_id
