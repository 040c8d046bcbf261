-- reminder_messages: what a run would send to each customer, and why it may not.
--
-- grain:   one customer and kind: what it owes, or our apologies for what it contests
-- key:     company_id, customer_id, is_apology
-- source:  reminder_drafts, reachable_channels, holidays
-- params:  $as_of date
-- columns:
--   company_id      text   whose receivables they are
--   customer_id     text   to whom
--   is_apology      flag   it asks for nothing
--   message_id      text   the same for customer, policy, level, day and channel
--   policy_code     text   of the item that has come furthest
--   variant_code    text   a, or b for the share that gets the variant tone
--   level_order     int    the highest level of its items; null for apologies
--   mode_code       text   automatic, approve or manual
--   tone_code       text   which template
--   channel_code    text   the first of the level's that reaches the customer; null where none does
--   contact_id      text   whom it is for; null where for nobody in particular
--   contact_name    text   its name
--   address_text    text   where to
--   language_code   text   in which language; null where nobody said
--   signer_id       text   who signs; null where nobody is named
--   has_penalties   flag   whether it names penalties
--   deadline_date   date   until when it asks for an answer; null where it sets no day
--   free_amount     money  what it would ask for, in the currency of the answer
--   reason_code     text   why it is not sent; null where it is
--   detail_text     text   which channels were tried

with runs as (
    select
        cast($as_of as date) as run_date,
        date_part('dow', $as_of) not in (0, 6)
        and count(holidays.holiday_date) = 0 as is_working_day
    from (select cast($as_of as date) as as_of_date) as days
    left join holidays on days.as_of_date = holidays.holiday_date
),

ways as (
    select
        drafts.company_id,
        drafts.customer_id,
        drafts.is_apology,
        reachable_channels.channel_code,
        reachable_channels.contact_id,
        reachable_channels.contact_name,
        reachable_channels.address_text,
        reachable_channels.language_code,
        reachable_channels.is_opted_out,
        reachable_channels.is_blocked,
        row_number() over (
            partition by drafts.company_id, drafts.customer_id, drafts.is_apology
            order by
                reachable_channels.is_opted_out,
                reachable_channels.is_blocked,
                array_position(
                    string_to_array(drafts.channels_text, '|'), reachable_channels.channel_code
                )
        ) as way_order
    from reminder_drafts as drafts
    inner join reachable_channels
        on drafts.company_id = reachable_channels.company_id
        and drafts.customer_id = reachable_channels.customer_id
        and array_has(
            string_to_array(drafts.channels_text, '|'), reachable_channels.channel_code
        )
),

judged as (
    select
        drafts.company_id,
        drafts.customer_id,
        drafts.is_apology,
        drafts.policy_code,
        drafts.level_order,
        drafts.free_amount,
        drafts.mode_code,
        drafts.has_penalties,
        drafts.deadline_days,
        drafts.signer_id,
        drafts.channels_text,
        ways.channel_code,
        ways.contact_id,
        ways.contact_name,
        ways.address_text,
        ways.language_code,
        case
            when drafts.drawn_ratio >= drafts.hold_out_ratio
                and drafts.drawn_ratio < drafts.hold_out_ratio + drafts.variant_ratio
                then 'b'
            else 'a'
        end as variant_code,
        drafts.ordered_tone_code,
        drafts.tone_code,
        drafts.variant_tone_code,
        case
            when not drafts.is_ordered and drafts.free_amount < drafts.minimum_amount
                then 'below_minimum'
            when ways.channel_code is null then 'no_contact'
            when ways.is_opted_out then 'opted_out'
            when ways.is_blocked then 'blocked'
            when drafts.is_ordered then null
            when
                not runs.is_working_day
                or position(
                    cast(cast(date_part('dow', runs.run_date) as int) as varchar)
                    in drafts.weekdays_text
                ) = 0
                then 'holiday'
            when drafts.drawn_ratio < drafts.hold_out_ratio then 'hold_out'
        end as reason_code
    from reminder_drafts as drafts
    cross join runs
    left join ways
        on drafts.company_id = ways.company_id
        and drafts.customer_id = ways.customer_id
        and drafts.is_apology = ways.is_apology
        and ways.way_order = 1
)

select
    judged.company_id,
    judged.customer_id,
    judged.is_apology,
    text_digest(
        concat_ws(
            '|',
            judged.company_id,
            judged.customer_id,
            judged.policy_code,
            coalesce(cast(judged.level_order as varchar), 'apology'),
            cast($as_of as varchar),
            judged.channel_code
        )
    ) as message_id,
    judged.policy_code,
    judged.variant_code,
    judged.level_order,
    judged.mode_code,
    case
        when judged.ordered_tone_code is not null then judged.ordered_tone_code
        when judged.variant_code = 'b'
            then coalesce(judged.variant_tone_code, judged.tone_code)
        else judged.tone_code
    end as tone_code,
    judged.channel_code,
    judged.contact_id,
    judged.contact_name,
    judged.address_text,
    judged.language_code,
    judged.signer_id,
    judged.has_penalties,
    cast(cast(cast($as_of as date) as int) + cast(judged.deadline_days as int) as date)
        as deadline_date,
    cast(judged.free_amount as decimal(21, 3)) as free_amount,
    judged.reason_code,
    judged.channels_text as detail_text
from judged
