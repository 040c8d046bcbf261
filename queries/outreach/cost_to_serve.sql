-- cost_to_serve: what it cost in twelve months to be paid by each customer, against its margin.
--
-- grain:   one customer with a contact, message, dispute or late payment in twelve months
-- key:     company_id, customer_id
-- source:  payer_axes, payer_segments, customer_policies, actions, messages_told, channels,
--          cost_rates, contested_items, known_items, settled_spells, item_balances
-- params:  $as_of date, $decimals int
-- columns:
--   company_id       text   whose receivables they are
--   customer_id      text   the customer
--   customer_name    text   its name, or its identifier where it has none
--   segment_code     text   what it is to us
--   policy_code      text   how it is reminded
--   contact_count    int    contacts and messages
--   contact_amount   money  what they cost, minutes at minute_amount of cost_rates included
--   dispute_count    int    items contested
--   dispute_amount   money  what handling them cost: dispute_minute_count each
--   money_amount     money  what waiting for late money cost: amount × days late × rate / 365
--   cost_amount      money  all three
--   margin_amount    money  billed in twelve months × margin; null where no margin is known
--   cost_ratio       ratio  cost of margin; null without

with contacts as (
    select
        coalesce(actions.company_id, '') as company_id,
        actions.customer_id,
        actions.channel_code
    from actions
    where
        actions.action_date <= $as_of and actions.action_date > $as_of - interval '12 months'
    union all
    select
        messages_told.company_id,
        messages_told.customer_id,
        messages_told.channel_code
    from messages_told
    where
        messages_told.sent_date is not null
        and messages_told.run_date > $as_of - interval '12 months'
),

contact_costs as (
    select
        contacts.company_id,
        contacts.customer_id,
        count(*) as contact_count,
        sum(
            coalesce(channels.cost_amount, 0)
            + coalesce(channels.minute_count, 0) * cost_rates.minute_amount
        ) as contact_amount
    from contacts
    left join channels on contacts.channel_code = channels.channel_code
    cross join cost_rates
    group by contacts.company_id, contacts.customer_id
),

dispute_costs as (
    select
        known_items.company_id,
        known_items.customer_id,
        count(distinct contested_items.item_number) as dispute_count
    from contested_items
    inner join known_items on contested_items.item_number = known_items.item_number
    where
        contested_items.from_date <= $as_of
        and contested_items.from_date > $as_of - interval '12 months'
    group by known_items.company_id, known_items.customer_id
),

late_days as (
    select
        settled_spells.company_id,
        settled_spells.customer_id,
        cast(settled_spells.answer_amount as decimal(38, 3))
        * (settled_spells.settled_date - settled_spells.due_date) as amount_days
    from settled_spells
    where
        settled_spells.is_cash
        and settled_spells.until_date is null
        and settled_spells.settled_date > settled_spells.due_date
        and settled_spells.settled_date > $as_of - interval '12 months'
    union all
    select
        item_balances.company_id,
        item_balances.customer_id,
        cast(item_balances.open_amount as decimal(38, 3)) * item_balances.past_due_days
            as amount_days
    from item_balances
    where item_balances.is_claim and item_balances.past_due_days > 0
),

money_costs as (
    select
        late_days.company_id,
        late_days.customer_id,
        sum(late_days.amount_days) * max(cost_rates.annual_rate_ratio) / 365 as money_amount
    from late_days
    cross join cost_rates
    group by late_days.company_id, late_days.customer_id
),

costs as (
    select
        payer_axes.company_id,
        payer_axes.customer_id,
        payer_axes.customer_name,
        payer_segments.segment_code,
        customer_policies.policy_code,
        coalesce(contact_costs.contact_count, 0) as contact_count,
        money(coalesce(contact_costs.contact_amount, 0), $decimals) as contact_amount,
        coalesce(dispute_costs.dispute_count, 0) as dispute_count,
        money(
            coalesce(dispute_costs.dispute_count, 0)
            * cost_rates.dispute_minute_count * cost_rates.minute_amount,
            $decimals
        ) as dispute_amount,
        money(coalesce(money_costs.money_amount, 0), $decimals) as money_amount,
        money(payer_axes.billed_amount * payer_axes.margin_ratio, $decimals) as margin_amount
    from payer_axes
    inner join payer_segments
        on payer_axes.picture_date = payer_segments.picture_date
        and payer_axes.company_id = payer_segments.company_id
        and payer_axes.customer_id = payer_segments.customer_id
    left join customer_policies
        on payer_axes.company_id = customer_policies.company_id
        and payer_axes.customer_id = customer_policies.customer_id
    cross join cost_rates
    left join contact_costs
        on payer_axes.company_id = contact_costs.company_id
        and payer_axes.customer_id = contact_costs.customer_id
    left join dispute_costs
        on payer_axes.company_id = dispute_costs.company_id
        and payer_axes.customer_id = dispute_costs.customer_id
    left join money_costs
        on payer_axes.company_id = money_costs.company_id
        and payer_axes.customer_id = money_costs.customer_id
    where payer_axes.picture_date = $as_of
)

select
    costs.company_id,
    costs.customer_id,
    costs.customer_name,
    costs.segment_code,
    costs.policy_code,
    costs.contact_count,
    cast(costs.contact_amount as decimal(21, 3)) as contact_amount,
    costs.dispute_count,
    cast(costs.dispute_amount as decimal(21, 3)) as dispute_amount,
    cast(costs.money_amount as decimal(21, 3)) as money_amount,
    cast(costs.contact_amount + costs.dispute_amount + costs.money_amount as decimal(21, 3))
        as cost_amount,
    cast(costs.margin_amount as decimal(21, 3)) as margin_amount,
    cast(
        cast(costs.contact_amount + costs.dispute_amount + costs.money_amount as decimal(38, 6))
        / nullif(costs.margin_amount, 0) as decimal(18, 6)
    ) as cost_ratio
from costs
where costs.contact_amount + costs.dispute_amount + costs.money_amount > 0
order by cost_amount desc, company_id, customer_id
