-- work_lines: what there is to do, one line a customer and action, before anybody has a day's work.
--
-- grain:   one customer, or group of customers, and action, reason and owner
-- key:     company_id, customer_id, action_code, reason_code, owner
-- source:  customer_lines, group_members, payers, customer_contacts, channels, response_rates
-- params:  $as_of date, $decimals int
-- columns:
--   company_id        text     whose receivables they are
--   customer_id       text     who owes; of a group, who pays for the others or else owes most
--   group_id          text     of which group the line is; null for one customer alone
--   members_text      text     of a group: customer=amount of each, `|` between them; else null
--   action_code       text     what to do
--   reason_code       text     why it is this, and with whom: due, broken_promise, open_dispute…
--   owner             text     whose work it is; empty: the customer's collector
--   block_code        text     collect: what is overdue; care: disputes, reminders before due, gaps
--   status_code       text     act; wait until when_date; leave: acting costs more than it moves
--   override_order    int      0 a deadline, 1 a broken promise, 2 neither
--   channel_code      text     through which channel
--   skill_code        text     what a collector must master for it; null if nothing
--   when_date         date     from when on; $as_of for what is to be done now
--   overdue_amount    money    past due, of this line
--   not_due_amount    money    not yet due, of this line
--   item_count        int      items of this line
--   oldest_days       int      days past due of the oldest; negative if none is
--   documents_text    text     numbers of the five oldest, and how many more
--   items_text        text     item=document of each, `|` between them, 500 at most; of a group
--                              item=document=customer
--   priority_amount   money    what acting now is worth, less the cost of the channel
--   movable_amount    money    of it, what is not likely to come within 14 days by itself
--   late_ratio        ratio    the payer's own late share, or that of all where it has none
--   response_ratio    ratio    how many late payers pay because of such a contact
--   cost_amount       money    of the channel
--   minute_count      int      of the channel
--   promised_date     date     of the promise that is open or was broken
--   promised_amount   money    of that promise
--   received_amount   money    of that promise
--   deadline_date     date     after which the claim is lost; null without
--   contest_code      text     why it is contested; null where it is not

-- Customers of a group are spoken to together: what they owe is one line, for the one that pays.
-- What is nobody's to ask a customer for stays with each.
with spoken_lines as (
    select
        customer_lines.company_id,
        customer_lines.customer_id,
        customer_lines.action_code,
        customer_lines.reason_code,
        customer_lines.owner,
        group_members.group_id,
        group_members.payer_id,
        row_number() over (
            partition by
                customer_lines.company_id,
                group_members.group_id,
                customer_lines.block_code,
                customer_lines.status_code,
                customer_lines.action_code = 'await_promise'
            order by
                customer_lines.override_order,
                customer_lines.overdue_amount + customer_lines.not_due_amount desc,
                customer_lines.customer_id
        ) as line_order,
        count(*) over (
            partition by
                customer_lines.company_id,
                group_members.group_id,
                customer_lines.block_code,
                customer_lines.status_code,
                customer_lines.action_code = 'await_promise'
        ) as line_count
    from customer_lines
    inner join group_members
        on customer_lines.company_id = group_members.company_id
        and customer_lines.customer_id = group_members.customer_id
    where
        customer_lines.reason_code
        in ('due', 'broken_promise', 'too_early', 'contacted', 'promise_open', 'pre_due')
        -- what separates members and items in a text
        and strpos(customer_lines.customer_id, '|') = 0
        and strpos(customer_lines.customer_id, '=') = 0
),

able_payers as (
    select
        payers.company_id,
        payers.customer_id
    from payers
    where
        payers.status_code not in ('insolvent', 'legal')
        and strpos(payers.customer_id, '|') = 0
        and strpos(payers.customer_id, '=') = 0
),

grouped_lines as (
    select
        spoken_lines.company_id,
        spoken_lines.customer_id,
        spoken_lines.action_code,
        spoken_lines.reason_code,
        spoken_lines.owner,
        spoken_lines.group_id,
        spoken_lines.line_order,
        able_payers.customer_id as payer_id
    from spoken_lines
    left join able_payers
        on spoken_lines.company_id = able_payers.company_id
        and spoken_lines.payer_id = able_payers.customer_id
    where spoken_lines.line_count > 1 or spoken_lines.customer_id <> able_payers.customer_id
),

group_sums as (
    select
        customer_lines.company_id,
        grouped_lines.group_id,
        customer_lines.block_code,
        customer_lines.status_code,
        customer_lines.action_code = 'await_promise' as is_promise,
        min(customer_lines.when_date) as when_date,
        sum(customer_lines.promised_amount) as promised_amount,
        sum(customer_lines.received_amount) as received_amount,
        sum(customer_lines.overdue_amount) as overdue_amount,
        sum(customer_lines.movable_amount) as movable_amount,
        sum(customer_lines.not_due_amount) as not_due_amount,
        sum(customer_lines.item_count) as item_count,
        max(customer_lines.oldest_days) as oldest_days,
        string_agg(
            array_to_string(
                string_to_array(customer_lines.items_text, '|'),
                '=' || customer_lines.customer_id || '|'
            ) || '=' || customer_lines.customer_id,
            '|'
            order by grouped_lines.line_order
        ) as items_text,
        string_agg(
            customer_lines.customer_id
            || '='
            || cast(customer_lines.overdue_amount + customer_lines.not_due_amount as varchar),
            '|'
            order by grouped_lines.line_order
        ) as members_text
    from customer_lines
    inner join grouped_lines
        on customer_lines.company_id = grouped_lines.company_id
        and customer_lines.customer_id = grouped_lines.customer_id
        and customer_lines.action_code = grouped_lines.action_code
        and customer_lines.reason_code = grouped_lines.reason_code
        and customer_lines.owner = grouped_lines.owner
    group by
        customer_lines.company_id,
        grouped_lines.group_id,
        customer_lines.block_code,
        customer_lines.status_code,
        customer_lines.action_code = 'await_promise'
),

-- what is said and how is what the first of them needs
group_lines as (
    select
        customer_lines.company_id,
        coalesce(grouped_lines.payer_id, customer_lines.customer_id) as customer_id,
        customer_lines.action_code,
        customer_lines.reason_code,
        customer_lines.owner,
        customer_lines.block_code,
        customer_lines.status_code,
        customer_lines.override_order,
        customer_lines.channel_code,
        customer_lines.skill_code,
        group_sums.when_date,
        group_sums.overdue_amount,
        group_sums.movable_amount,
        group_sums.not_due_amount,
        group_sums.item_count,
        group_sums.oldest_days,
        group_sums.items_text,
        customer_lines.late_ratio,
        customer_lines.promised_date,
        cast(group_sums.promised_amount as decimal(21, 3)) as promised_amount,
        cast(group_sums.received_amount as decimal(21, 3)) as received_amount,
        customer_lines.deadline_date,
        customer_lines.contest_code,
        group_sums.group_id,
        group_sums.members_text
    from customer_lines
    inner join grouped_lines
        on customer_lines.company_id = grouped_lines.company_id
        and customer_lines.customer_id = grouped_lines.customer_id
        and customer_lines.action_code = grouped_lines.action_code
        and customer_lines.reason_code = grouped_lines.reason_code
        and customer_lines.owner = grouped_lines.owner
        and grouped_lines.line_order = 1
    inner join group_sums
        on grouped_lines.company_id = group_sums.company_id
        and grouped_lines.group_id = group_sums.group_id
        and customer_lines.block_code = group_sums.block_code
        and customer_lines.status_code = group_sums.status_code
        and (customer_lines.action_code = 'await_promise') = group_sums.is_promise
),

lines as (
    select
        customer_lines.company_id,
        customer_lines.customer_id,
        customer_lines.action_code,
        customer_lines.reason_code,
        customer_lines.owner,
        customer_lines.block_code,
        customer_lines.status_code,
        customer_lines.override_order,
        customer_lines.channel_code,
        customer_lines.skill_code,
        customer_lines.when_date,
        customer_lines.overdue_amount,
        customer_lines.movable_amount,
        customer_lines.not_due_amount,
        customer_lines.item_count,
        customer_lines.oldest_days,
        customer_lines.items_text,
        customer_lines.late_ratio,
        customer_lines.promised_date,
        customer_lines.promised_amount,
        customer_lines.received_amount,
        customer_lines.deadline_date,
        customer_lines.contest_code,
        cast(null as varchar) as group_id,
        cast(null as varchar) as members_text
    from customer_lines
    left anti join grouped_lines
        on customer_lines.company_id = grouped_lines.company_id
        and customer_lines.customer_id = grouped_lines.customer_id
        and customer_lines.action_code = grouped_lines.action_code
        and customer_lines.reason_code = grouped_lines.reason_code
        and customer_lines.owner = grouped_lines.owner
    left join group_members
        on customer_lines.company_id = group_members.company_id
        and customer_lines.customer_id = group_members.customer_id
    left join able_payers
        on group_members.company_id = able_payers.company_id
        and group_members.payer_id = able_payers.customer_id
    left join customer_contacts
        on able_payers.company_id = customer_contacts.company_id
        and able_payers.customer_id = customer_contacts.customer_id
    where
        -- whoever pays for a customer is who is spoken to
        customer_lines.reason_code <> 'contact_unknown'
        or not coalesce(customer_contacts.has_contact, false)
    union all
    select
        group_lines.company_id,
        group_lines.customer_id,
        group_lines.action_code,
        group_lines.reason_code,
        group_lines.owner,
        group_lines.block_code,
        group_lines.status_code,
        group_lines.override_order,
        group_lines.channel_code,
        group_lines.skill_code,
        group_lines.when_date,
        group_lines.overdue_amount,
        group_lines.movable_amount,
        group_lines.not_due_amount,
        group_lines.item_count,
        group_lines.oldest_days,
        group_lines.items_text,
        group_lines.late_ratio,
        group_lines.promised_date,
        group_lines.promised_amount,
        group_lines.received_amount,
        group_lines.deadline_date,
        group_lines.contest_code,
        group_lines.group_id,
        group_lines.members_text
    from group_lines
),

addressed_lines as (
    select
        lines.company_id,
        lines.customer_id,
        -- whom no telephone reaches is written to: nobody calls by letter
        case
            when
                lines.channel_code = 'phone'
                and customer_contacts.phone_text is null
                and lines.reason_code in ('due', 'too_early', 'contacted')
                and lines.action_code
                in ('call', 'call_early', 'welcome_call', 'ask_what_happened')
                then 'write'
            else lines.action_code
        end as action_code,
        lines.reason_code,
        lines.owner,
        lines.block_code,
        lines.status_code,
        lines.override_order,
        lines.skill_code,
        lines.when_date,
        lines.overdue_amount,
        lines.movable_amount,
        lines.not_due_amount,
        lines.item_count,
        lines.oldest_days,
        lines.items_text,
        lines.group_id,
        lines.members_text,
        lines.late_ratio,
        lines.promised_date,
        lines.promised_amount,
        lines.received_amount,
        lines.deadline_date,
        lines.contest_code,
        -- nobody telephones without a number
        case
            when
                lines.reason_code
                not in (
                    'due', 'broken_promise', 'too_early', 'contacted', 'deadline', 'legal'
                )
                then lines.channel_code
            when lines.channel_code = 'phone' and customer_contacts.phone_text is null
                then case when customer_contacts.email_text is null then 'letter' else 'email' end
            when lines.channel_code = 'email' and customer_contacts.email_text is null
                then case when customer_contacts.phone_text is null then 'letter' else 'phone' end
            else lines.channel_code
        end as channel_code
    from lines
    left join customer_contacts
        on lines.company_id = customer_contacts.company_id
        and lines.customer_id = customer_contacts.customer_id
),

-- the most precise rate: of the segment, else of all
valued_lines as (
    select
        addressed_lines.company_id,
        addressed_lines.customer_id,
        addressed_lines.action_code,
        addressed_lines.reason_code,
        addressed_lines.owner,
        addressed_lines.block_code,
        addressed_lines.status_code,
        addressed_lines.override_order,
        addressed_lines.channel_code,
        addressed_lines.skill_code,
        addressed_lines.when_date,
        addressed_lines.overdue_amount,
        money(
            coalesce(
                addressed_lines.movable_amount,
                cast(
                    addressed_lines.overdue_amount + addressed_lines.not_due_amount
                    as decimal(27, 3)
                )
                * addressed_lines.late_ratio
            ),
            $decimals
        ) as movable_amount,
        addressed_lines.not_due_amount,
        addressed_lines.item_count,
        addressed_lines.oldest_days,
        addressed_lines.items_text,
        '|'
        || array_to_string(array_slice(string_to_array(addressed_lines.items_text, '|'), 1, 5), '|')
            as first_items_text,
        addressed_lines.group_id,
        addressed_lines.members_text,
        addressed_lines.late_ratio,
        addressed_lines.promised_date,
        addressed_lines.promised_amount,
        addressed_lines.received_amount,
        addressed_lines.deadline_date,
        addressed_lines.contest_code,
        coalesce(own_rates.response_ratio, common_rates.response_ratio, 0) as response_ratio,
        coalesce(channels.cost_amount, 0) as cost_amount,
        coalesce(channels.minute_count, 10) as minute_count
    from addressed_lines
    inner join payers
        on addressed_lines.company_id = payers.company_id
        and addressed_lines.customer_id = payers.customer_id
    left join response_rates as own_rates
        on payers.segment_code = own_rates.segment_code
        and addressed_lines.channel_code = own_rates.channel_code
    left join response_rates as common_rates
        on common_rates.segment_code = '*'
        and addressed_lines.channel_code = common_rates.channel_code
    left join channels on addressed_lines.channel_code = channels.channel_code
)

select
    valued_lines.company_id,
    valued_lines.customer_id,
    valued_lines.group_id,
    valued_lines.members_text,
    valued_lines.action_code,
    valued_lines.reason_code,
    valued_lines.owner,
    valued_lines.block_code,
    case
        when
            valued_lines.status_code = 'act'
            and valued_lines.override_order = 2
            and valued_lines.movable_amount * valued_lines.response_ratio
            < valued_lines.cost_amount
            then 'leave'
        else valued_lines.status_code
    end as status_code,
    valued_lines.override_order,
    valued_lines.channel_code,
    valued_lines.skill_code,
    valued_lines.when_date,
    cast(valued_lines.overdue_amount as decimal(21, 3)) as overdue_amount,
    cast(valued_lines.not_due_amount as decimal(21, 3)) as not_due_amount,
    valued_lines.item_count,
    valued_lines.oldest_days,
    -- identifiers may hold anything but what separates them here
    substr(
        case
            when valued_lines.members_text is null
                then regexp_replace(valued_lines.first_items_text, '[|][^|=]*=', ', ', 'g')
            else regexp_replace(
                valued_lines.first_items_text, '[|][^|=]*=([^|]*)=[^|=]*', ', \1', 'g'
            )
        end,
        3
    )
    || case
        when valued_lines.item_count > 5
            then ' +' || cast(valued_lines.item_count - 5 as varchar)
        else ''
    end as documents_text,
    array_to_string(
        array_slice(string_to_array(valued_lines.items_text, '|'), 1, 500), '|'
    ) as items_text,
    money(
        valued_lines.movable_amount * valued_lines.response_ratio - valued_lines.cost_amount,
        $decimals
    ) as priority_amount,
    valued_lines.movable_amount,
    valued_lines.late_ratio,
    valued_lines.response_ratio,
    valued_lines.cost_amount,
    valued_lines.minute_count,
    valued_lines.promised_date,
    cast(valued_lines.promised_amount as decimal(21, 3)) as promised_amount,
    valued_lines.received_amount,
    valued_lines.deadline_date,
    valued_lines.contest_code
from valued_lines
