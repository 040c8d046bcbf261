-- worklist: who acts today, on whom, how and why; what waits; what is left over.
--
-- grain:   one customer, action, reason and assignee
-- key:     line_id
-- source:  work_lines, payers, last_actions, customer_contacts, collectors, collector_absences,
--          portfolios, holidays, sentences, credit_limits
-- params:  $as_of date, $language text, $currency text
-- columns:
--   line_id               text     stable for the day: comes back with the result
--   block_code            text     collect: overdue; care: disputes, reminders before due, gaps
--   assignee_id           text     the collector, or the owner who can unblock it
--   assignee_name         text     the collector's name; else the identifier
--   status_code           text     act, wait (until when_date), or not_assigned: no capacity left
--   rank_order            int      among the assignee's lines of that block and status
--   company_id            text     whose receivables they are
--   customer_id           text     who owes
--   customer_name         text     its name, or its identifier; of a group, its members too
--   members_text          text     customer=amount of each, `|` between them; null for one alone
--   action_code           text     what to do
--   reason_code           text     why it is this
--   channel_code          text     through which channel
--   when_date             date     from when on
--   overdue_amount        money    past due, of this line
--   not_due_amount        money    not yet due, of this line
--   item_count            int      items of this line
--   oldest_days           int      days past due of the oldest; null without items
--   documents_text        text     numbers of the five oldest, and how many more
--   items_text            text     item=document of each, `|` between them, 500 at most; of a
--                                  group item=document=customer
--   list_date             date     $as_of: the day the list is for
--   currency_code         text     of all amounts; null where it is not known
--   priority_amount       money    what acting now is worth, less the cost of the channel
--   why_rank_text         text     why it stands where it stands, with the figures
--   formula_text          text     how its worth is reckoned; null where it is not
--   last_action_date      date     the last contact
--   last_channel_code     text     through which channel
--   last_result_code      text     what came of it
--   last_note_text        text     what was said
--   why_text              text     how it pays, with the figures
--   payment_days_text     text     on which days of the month it pays
--   contact_name          text     whom to speak to
--   phone_text            text     telephone
--   email_text            text     address
--   hours_text            text     when the contact can be reached
--   process_text          text     portal, payment run, validation steps, as far as known
--   reach_text            text     how to reach the contact for this action, and process_text
--   is_order_number_required  flag  it refuses invoices without one
--   segment_code          text     what the customer is treated as
--   over_limit_amount     money    what the customer owes beyond its credit limit; null within
--   over_limit_since_date date     since when
--   contest_code          text     why it is contested; null where it is not
--   promised_date         date     of the promise that is open or was broken
--   promised_amount       money    of that promise
--   deadline_date         date     after which the claim is lost; null without
--   minute_count          int      what the contact takes
--   used_minute_count     int      what the assignee's day has taken with this line; null: no limit

with reader as (
    select
        cast($language as varchar) as language_code,
        case $language when 'fr' then '%d/%m/%Y' else '%-d %b %Y' end as date_format,
        case $language when 'fr' then ' %' else '%' end as percent_mark,
        case $language when 'fr' then 'groupe' else 'group' end as group_word
),

-- nobody works on Saturdays, Sundays and holidays
day_kinds as (
    select
        date_part('dow', $as_of) not in (0, 6)
        and count(holidays.holiday_date) = 0 as is_working_day
    from (select cast($as_of as date) as as_of_date) as days
    left join holidays on days.as_of_date = holidays.holiday_date
),

-- the first line of portfolios that holds, else the collector of the customer's file, else the
-- team as a whole
portfolio_matches as (
    select
        work_lines.company_id,
        work_lines.customer_id,
        work_lines.action_code,
        min(portfolios.portfolio_order) as portfolio_order
    from work_lines
    inner join payers
        on work_lines.company_id = payers.company_id
        and work_lines.customer_id = payers.customer_id
    left join customer_contacts
        on work_lines.company_id = customer_contacts.company_id
        and work_lines.customer_id = customer_contacts.customer_id
    cross join portfolios
    where
        (portfolios.segment_code is null or portfolios.segment_code = payers.segment_code)
        and (portfolios.country_code is null or portfolios.country_code = payers.country_code)
        and (
            portfolios.language_code is null
            or portfolios.language_code = customer_contacts.language_code
        )
        and (portfolios.skill_code is null or portfolios.skill_code = work_lines.skill_code)
    group by work_lines.company_id, work_lines.customer_id, work_lines.action_code
),

named_lines as (
    select
        work_lines.company_id,
        work_lines.customer_id,
        work_lines.action_code,
        work_lines.reason_code,
        work_lines.owner,
        work_lines.skill_code,
        coalesce(portfolios.collector_id, customer_contacts.collector_id, 'team')
            as collector_id
    from work_lines
    left join customer_contacts
        on work_lines.company_id = customer_contacts.company_id
        and work_lines.customer_id = customer_contacts.customer_id
    left join portfolio_matches
        on work_lines.company_id = portfolio_matches.company_id
        and work_lines.customer_id = portfolio_matches.customer_id
        and work_lines.action_code = portfolio_matches.action_code
    left join portfolios on portfolio_matches.portfolio_order = portfolios.portfolio_order
),

absences as (
    select
        collector_absences.collector_id,
        min(collector_absences.stand_in_id) as stand_in_id
    from collector_absences
    where collector_absences.from_date <= $as_of and collector_absences.to_date >= $as_of
    group by collector_absences.collector_id
),

-- What a collector has not learnt is credit management's; whoever is away without a stand-in, or
-- does not speak the customer's language, gets nothing.
assigned_lines as (
    select
        named_lines.company_id,
        named_lines.customer_id,
        named_lines.action_code,
        named_lines.reason_code,
        named_lines.owner,
        case
            when named_lines.owner <> '' then named_lines.owner
            when
                named_lines.skill_code is not null
                and collectors.skill_codes_text is not null
                and not array_has(
                    string_to_array(collectors.skill_codes_text, '|'), named_lines.skill_code
                )
                then 'credit management'
            else coalesce(absences.stand_in_id, named_lines.collector_id)
        end as assignee_id,
        (absences.collector_id is not null and absences.stand_in_id is null)
        or (
            collectors.language_codes_text is not null
            and customer_contacts.language_code is not null
            and not array_has(
                string_to_array(collectors.language_codes_text, '|'),
                customer_contacts.language_code
            )
        ) as is_away
    from named_lines
    left join absences on named_lines.collector_id = absences.collector_id
    left join collectors on named_lines.collector_id = collectors.collector_id
    left join customer_contacts
        on named_lines.company_id = customer_contacts.company_id
        and named_lines.customer_id = customer_contacts.customer_id
),

timed_lines as (
    select
        work_lines.company_id,
        work_lines.customer_id,
        work_lines.action_code,
        work_lines.reason_code,
        work_lines.owner,
        work_lines.block_code,
        work_lines.status_code,
        work_lines.override_order,
        work_lines.priority_amount,
        work_lines.minute_count,
        assigned_lines.assignee_id,
        assigned_lines.is_away,
        coalesce(own_collectors.collector_name, assigned_lines.assignee_id) as assignee_name,
        work_lines.owner <> '' or assigned_lines.assignee_id = 'credit management' as is_owned,
        coalesce(own_collectors.daily_minute_count, other_collectors.daily_minute_count, 0)
            as daily_minute_count,
        sum(
            case when work_lines.status_code = 'act' then work_lines.minute_count else 0 end
        ) over (
            partition by assigned_lines.assignee_id
            order by
                work_lines.override_order,
                work_lines.block_code desc,
                work_lines.priority_amount desc,
                work_lines.customer_id,
                work_lines.action_code,
                work_lines.reason_code
            rows between unbounded preceding and current row
        ) as used_minute_count
    from work_lines
    inner join assigned_lines
        on work_lines.company_id = assigned_lines.company_id
        and work_lines.customer_id = assigned_lines.customer_id
        and work_lines.action_code = assigned_lines.action_code
        and work_lines.reason_code = assigned_lines.reason_code
        and work_lines.owner = assigned_lines.owner
    left join collectors as own_collectors
        on assigned_lines.assignee_id = own_collectors.collector_id
    left join collectors as other_collectors on other_collectors.collector_id = '*'
    where work_lines.status_code <> 'leave'
),

decided_lines as (
    select
        timed_lines.company_id,
        timed_lines.customer_id,
        timed_lines.action_code,
        timed_lines.reason_code,
        timed_lines.owner,
        timed_lines.block_code,
        timed_lines.override_order,
        timed_lines.priority_amount,
        timed_lines.assignee_id,
        timed_lines.assignee_name,
        case when not timed_lines.is_owned then timed_lines.used_minute_count end
            as used_minute_count,
        case
            when timed_lines.status_code <> 'act' or timed_lines.is_owned
                then timed_lines.status_code
            when
                timed_lines.is_away
                or not day_kinds.is_working_day
                or timed_lines.used_minute_count > timed_lines.daily_minute_count
                then 'not_assigned'
            else 'act'
        end as status_code
    from timed_lines
    cross join day_kinds
),

members as (
    select
        work_lines.members_text,
        string_to_array(regexp_replace(work_lines.members_text, '=[^|]*', '', 'g'), '|')
            as customer_ids
    from work_lines
    where work_lines.members_text is not null
    group by work_lines.members_text
),

-- channels that have a word of their own
contact_words as (
    select substr(sentences.sentence_code, 9) as channel_code
    from sentences
    where sentences.sentence_code like 'contact.%' and sentences.sentence_code <> 'contact.any'
),

-- figures and days as the language writes them
told_lines as (
    select
        work_lines.company_id,
        work_lines.customer_id,
        work_lines.action_code,
        work_lines.reason_code,
        work_lines.owner,
        filled_text(
            case reader.language_code when 'fr' then sentences.fr_text else sentences.en_text end,
            make_array(
                'overdue_amount',
                'movable_amount',
                'not_due_amount',
                'contested_amount',
                'late_percent',
                'response_percent',
                'cost_amount',
                'contact',
                'gain_amount',
                'promised_amount',
                'received_amount',
                'promised_date',
                'deadline_date',
                'last_action_date',
                'when_date'
            ),
            make_array(
                number_text(work_lines.overdue_amount, 0, reader.language_code),
                number_text(work_lines.movable_amount, 0, reader.language_code),
                number_text(work_lines.not_due_amount, 0, reader.language_code),
                number_text(
                    work_lines.overdue_amount + work_lines.not_due_amount,
                    0,
                    reader.language_code
                ),
                number_text(work_lines.late_ratio * 100, 0, reader.language_code)
                || reader.percent_mark,
                number_text(work_lines.response_ratio * 100, 0, reader.language_code)
                || reader.percent_mark,
                number_text(work_lines.cost_amount, 2, reader.language_code),
                case reader.language_code
                    when 'fr' then contact_sentences.fr_text
                    else contact_sentences.en_text
                end,
                -- to two figures: it is an estimate
                number_text(
                    round(
                        work_lines.priority_amount
                        / case
                            when work_lines.priority_amount >= 10000 then 1000
                            when work_lines.priority_amount >= 1000 then 100
                            else 10
                        end
                    )
                    * case
                        when work_lines.priority_amount >= 10000 then 1000
                        when work_lines.priority_amount >= 1000 then 100
                        else 10
                    end,
                    0,
                    reader.language_code
                ),
                number_text(work_lines.promised_amount, 0, reader.language_code),
                number_text(work_lines.received_amount, 0, reader.language_code),
                to_char(work_lines.promised_date, reader.date_format),
                to_char(work_lines.deadline_date, reader.date_format),
                to_char(last_actions.action_date, reader.date_format),
                to_char(work_lines.when_date, reader.date_format)
            )
        ) as why_rank_text,
        filled_text(
            case reader.language_code
                when 'fr' then formula_sentences.fr_text
                else formula_sentences.en_text
            end,
            make_array('movable_amount', 'response_percent', 'cost_amount'),
            make_array(
                number_text(work_lines.movable_amount, 0, reader.language_code),
                number_text(work_lines.response_ratio * 100, 0, reader.language_code)
                || reader.percent_mark,
                number_text(work_lines.cost_amount, 2, reader.language_code)
            )
        ) as formula_text,
        array_to_string(array_slice(members.customer_ids, 1, 5), ', ')
        || case
            when cardinality(members.customer_ids) > 5
                then ' +' || cast(cardinality(members.customer_ids) - 5 as varchar)
            else ''
        end as members_shown_text
    from work_lines
    cross join reader
    left join members
        on work_lines.members_text = members.members_text
    left join sentences on sentences.sentence_code = 'rank.' || work_lines.reason_code
    left join sentences as formula_sentences
        on formula_sentences.sentence_code = 'formula.' || work_lines.reason_code
    left join contact_words on work_lines.channel_code = contact_words.channel_code
    left join sentences as contact_sentences
        on contact_sentences.sentence_code
        = coalesce('contact.' || contact_words.channel_code, 'contact.any')
    left join last_actions
        on work_lines.company_id = last_actions.company_id
        and work_lines.customer_id = last_actions.customer_id
)

select
    to_char($as_of, '%Y%m%d')
    || case when work_lines.company_id = '' then '' else ' ' || work_lines.company_id end
    || ' ' || work_lines.customer_id
    || ' ' || work_lines.action_code
    || ' ' || work_lines.reason_code
    || case when work_lines.owner = '' then '' else ' ' || work_lines.owner end as line_id,
    decided_lines.block_code,
    decided_lines.assignee_id,
    decided_lines.assignee_name,
    decided_lines.status_code,
    cast(
        row_number() over (
            partition by
                decided_lines.assignee_id, decided_lines.block_code, decided_lines.status_code
            order by
                decided_lines.override_order,
                decided_lines.priority_amount desc,
                work_lines.customer_id,
                work_lines.action_code,
                work_lines.reason_code
        ) as bigint
    ) as rank_order,
    coalesce(customer_contacts.company_id, '') as company_id,
    work_lines.customer_id,
    case
        when work_lines.members_text is null then payers.customer_name
        else payers.customer_name || ' · ' || reader.group_word || ' ' || work_lines.group_id
            || ' (' || told_lines.members_shown_text || ')'
    end as customer_name,
    work_lines.members_text,
    work_lines.action_code,
    work_lines.reason_code,
    work_lines.channel_code,
    work_lines.when_date,
    work_lines.overdue_amount,
    work_lines.not_due_amount,
    work_lines.item_count,
    work_lines.oldest_days,
    work_lines.documents_text,
    work_lines.items_text,
    cast($as_of as date) as list_date,
    cast($currency as varchar) as currency_code,
    work_lines.priority_amount,
    told_lines.why_rank_text,
    told_lines.formula_text,
    last_actions.action_date as last_action_date,
    last_actions.channel_code as last_channel_code,
    last_actions.result_code as last_result_code,
    last_actions.note_text as last_note_text,
    payers.why_text,
    payers.payment_days_text,
    customer_contacts.contact_name,
    customer_contacts.phone_text,
    customer_contacts.email_text,
    customer_contacts.hours_text,
    nullif(
        concat_ws(
            ' · ',
            customer_contacts.portal_text,
            customer_contacts.payment_run_text,
            customer_contacts.validation_text
        ),
        ''
    ) as process_text,
    nullif(
        concat_ws(
            ' · ',
            case
                when work_lines.channel_code = 'email' then customer_contacts.email_text
                else customer_contacts.phone_text
            end,
            customer_contacts.hours_text,
            customer_contacts.portal_text,
            customer_contacts.payment_run_text,
            customer_contacts.validation_text,
            case
                when customer_contacts.is_order_number_required
                    then case reader.language_code
                        when 'fr' then order_sentences.fr_text
                        else order_sentences.en_text
                    end
            end
        ),
        ''
    ) as reach_text,
    customer_contacts.is_order_number_required,
    payers.segment_code,
    credit_limits.over_limit_amount,
    credit_limits.over_limit_since_date,
    work_lines.contest_code,
    work_lines.promised_date,
    work_lines.promised_amount,
    work_lines.deadline_date,
    work_lines.minute_count,
    decided_lines.used_minute_count
from work_lines
inner join decided_lines
    on work_lines.company_id = decided_lines.company_id
    and work_lines.customer_id = decided_lines.customer_id
    and work_lines.action_code = decided_lines.action_code
    and work_lines.reason_code = decided_lines.reason_code
    and work_lines.owner = decided_lines.owner
inner join told_lines
    on work_lines.company_id = told_lines.company_id
    and work_lines.customer_id = told_lines.customer_id
    and work_lines.action_code = told_lines.action_code
    and work_lines.reason_code = told_lines.reason_code
    and work_lines.owner = told_lines.owner
inner join payers
    on work_lines.company_id = payers.company_id
    and work_lines.customer_id = payers.customer_id
left join credit_limits
    on work_lines.company_id = credit_limits.company_id
    and work_lines.customer_id = credit_limits.customer_id
cross join reader
left join customer_contacts
    on work_lines.company_id = customer_contacts.company_id
    and work_lines.customer_id = customer_contacts.customer_id
left join last_actions
    on work_lines.company_id = last_actions.company_id
    and work_lines.customer_id = last_actions.customer_id
left join sentences as order_sentences
    on order_sentences.sentence_code = 'process.order_number'
order by
    decided_lines.assignee_id,
    block_code desc,
    status_code,
    rank_order
