-- reachable_channels: through which channels a customer can be written to, and to whom.
--
-- grain:   one customer and channel with an address
-- key:     company_id, customer_id, channel_code
-- source:  customers, contacts, payer_processes, channels, addresses_given_back,
--          reminder_blocks
-- params:  $as_of date
-- columns:
--   company_id      text  empty where the lake holds none
--   customer_id     text  the customer
--   channel_code    text  the channel
--   contact_id      text  the person; null where the address is the customer's own
--   contact_name    text  its name; null where it is nobody's in particular
--   language_code   text  what the person speaks, else the customer; null where nobody said
--   address_text    text  where to
--   is_opted_out    flag  everybody with such an address asked for none of it
--   is_blocked      flag  the rest of them are blocked

-- An address that gave a message back, or that nobody could write to, is none.
with persons as (
    select
        coalesce(contacts.company_id, '') as company_id,
        contacts.customer_id,
        contacts.contact_id,
        contacts.name as contact_name,
        contacts.language as language_code,
        case when contacts.role_code = 'accounts_payable' then 1 else 2 end as person_order,
        case
            when
                regexp_like(
                    trim(contacts.email),
                    '^[a-zA-Z0-9_%+''-]+([.][a-zA-Z0-9_%+''-]+)*@[a-zA-Z0-9-]+([.][a-zA-Z0-9-]+)+$'
                )
                then trim(contacts.email)
        end as email_text,
        case when regexp_like(contacts.phone, '[0-9].*[0-9].*[0-9]') then trim(contacts.phone) end
            as phone_text,
        case when regexp_like(contacts.fax, '[0-9].*[0-9].*[0-9]') then trim(contacts.fax) end
            as fax_text,
        coalesce(contacts.opted_out_channels, '') as opted_out_channels
    from contacts
),

customer_files as (
    select
        coalesce(customers.company_id, '') as company_id,
        customers.customer_id,
        customers.language as language_code,
        nullif(trim(customers.address_text), '') as postal_text
    from customers
),

addresses as (
    select
        persons.company_id,
        persons.customer_id,
        persons.contact_id,
        persons.contact_name,
        persons.language_code,
        persons.person_order,
        persons.opted_out_channels,
        'email' as address_code,
        persons.email_text as address_text
    from persons
    union all
    select
        persons.company_id,
        persons.customer_id,
        persons.contact_id,
        persons.contact_name,
        persons.language_code,
        persons.person_order,
        persons.opted_out_channels,
        'phone' as address_code,
        persons.phone_text as address_text
    from persons
    union all
    select
        persons.company_id,
        persons.customer_id,
        persons.contact_id,
        persons.contact_name,
        persons.language_code,
        persons.person_order,
        persons.opted_out_channels,
        'fax' as address_code,
        persons.fax_text as address_text
    from persons
    union all
    select
        customer_files.company_id,
        customer_files.customer_id,
        null as contact_id,
        null as contact_name,
        customer_files.language_code,
        1 as person_order,
        '' as opted_out_channels,
        'postal' as address_code,
        customer_files.postal_text as address_text
    from customer_files
    union all
    select
        coalesce(payer_processes.company_id, '') as company_id,
        payer_processes.customer_id,
        null as contact_id,
        null as contact_name,
        null as language_code,
        1 as person_order,
        '' as opted_out_channels,
        'portal' as address_code,
        payer_processes.portal as address_text
    from payer_processes
),

blocked_persons as (
    select distinct
        coalesce(reminder_blocks.company_id, '') as company_id,
        reminder_blocks.customer_id,
        reminder_blocks.contact_id
    from reminder_blocks
    where
        reminder_blocks.contact_id is not null
        and reminder_blocks.from_date <= $as_of
        and (reminder_blocks.until_date is null or reminder_blocks.until_date >= $as_of)
),

ways as (
    select
        addresses.company_id,
        addresses.customer_id,
        channels.channel_code,
        addresses.contact_id,
        addresses.contact_name,
        addresses.language_code,
        addresses.address_text,
        addresses.person_order,
        array_has(string_to_array(addresses.opted_out_channels, '|'), '*')
        or array_has(
            string_to_array(addresses.opted_out_channels, '|'), channels.channel_code
        ) as is_opted_out,
        blocked_persons.contact_id is not null as is_blocked
    from addresses
    inner join channels on addresses.address_code = channels.address_code
    left join blocked_persons
        on addresses.company_id = blocked_persons.company_id
        and addresses.contact_id = blocked_persons.contact_id
        and (
            blocked_persons.customer_id is null
            or addresses.customer_id = blocked_persons.customer_id
        )
    left anti join addresses_given_back
        on addresses.company_id = addresses_given_back.company_id
        and addresses.customer_id = addresses_given_back.customer_id
        and channels.channel_code = addresses_given_back.channel_code
        and addresses.address_text = addresses_given_back.address_text
    where addresses.address_text is not null
),

ranked_ways as (
    select
        ways.company_id,
        ways.customer_id,
        ways.channel_code,
        ways.contact_id,
        ways.contact_name,
        ways.language_code,
        ways.address_text,
        ways.is_opted_out,
        ways.is_blocked,
        row_number() over (
            partition by ways.company_id, ways.customer_id, ways.channel_code
            order by
                ways.is_opted_out, ways.is_blocked, ways.person_order, ways.contact_id
        ) as way_order
    from ways
)

select
    ranked_ways.company_id,
    ranked_ways.customer_id,
    ranked_ways.channel_code,
    ranked_ways.contact_id,
    ranked_ways.contact_name,
    coalesce(ranked_ways.language_code, customer_files.language_code) as language_code,
    ranked_ways.address_text,
    ranked_ways.is_opted_out,
    ranked_ways.is_blocked
from ranked_ways
left join customer_files
    on ranked_ways.company_id = customer_files.company_id
    and ranked_ways.customer_id = customer_files.customer_id
where ranked_ways.way_order = 1
