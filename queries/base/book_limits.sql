-- book_limits: what the books cannot bear, and which file would bring it.
--
-- grain:   one row
-- key:     has_history
-- source:  allocation_days, fiscal_years, item_days, item_lists, sentences
-- params:  $language text
-- columns:
--   has_history   flag  false where all there is of a company is lists of open items: what was
--                       settled before the first or between two is not in them, nor are sales
--   missing_text  text  what is missing and how to bring it; null where nothing is

-- A ledger tells all that was posted; a list that tells of receipts or openings, or of which
-- something is settled, is none of open items.
with companies as (
    select
        coalesce(item_days.company_id, '') as company_id,
        bool_or(item_days.kind not in ('invoice', 'credit_note', 'adjustment')) as is_told_more
    from item_days
    group by coalesce(item_days.company_id, '')
),

ledgers as (
    select distinct coalesce(fiscal_years.company_id, '') as company_id
    from fiscal_years
),

lists as (
    select distinct coalesce(item_lists.company_id, '') as company_id
    from item_lists
),

settled as (
    select distinct coalesce(allocation_days.company_id, '') as company_id
    from allocation_days
),

company_books as (
    select
        companies.company_id,
        ledgers.company_id is not null
        or (
            lists.company_id is null
            and (settled.company_id is not null or companies.is_told_more)
        ) as has_history
    from companies
    left join ledgers on companies.company_id = ledgers.company_id
    left join lists on companies.company_id = lists.company_id
    left join settled on companies.company_id = settled.company_id
),

-- sales of one company beside what is open of two are no figure of either
books as (
    select
        coalesce(
            bool_and(company_books.has_history), (select count(*) from ledgers) > 0
        ) as has_history,
        coalesce(bool_or(company_books.has_history), false) as is_of_some,
        array_agg(company_books.company_id order by company_books.company_id)
        filter (where not company_books.has_history) as limited_companies
    from company_books
)

select
    books.has_history,
    case
        when books.has_history then null
        else filled_text(
            case $language when 'fr' then sentences.fr_text else sentences.en_text end,
            make_array('companies'),
            make_array(array_to_string(books.limited_companies, ', '))
        )
    end as missing_text
from books
left join sentences
    on sentences.sentence_code
    = case when books.is_of_some then 'missing.open_list_of' else 'missing.open_list' end
