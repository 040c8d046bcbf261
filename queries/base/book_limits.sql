-- book_limits: what the books cannot bear, and which file would bring it.
--
-- grain:   one row
-- key:     has_history
-- source:  allocation_days, fiscal_years, item_days, item_lists, sentences
-- params:  $language text
-- columns:
--   has_history   flag  false where all there is is lists of open items: what was settled before
--                       the first or between two of them is not in them, so neither are sales
--   missing_text  text  what is missing and how to bring it; null where nothing is

-- A ledger tells all that was posted; a list that tells of receipts or openings, or of which
-- something is settled, is none of open items.
with books as (
    select
        (select count(*) from fiscal_years) > 0
        or (
            (select count(*) from item_lists) = 0
            and (
                (select count(*) from allocation_days) > 0
                or (
                    select count(*)
                    from item_days
                    where item_days.kind not in ('invoice', 'credit_note', 'adjustment')
                ) > 0
            )
        ) as has_history
)

select
    books.has_history,
    case
        when books.has_history then null
        when $language = 'fr' then sentences.fr_text
        else sentences.en_text
    end as missing_text
from books
left join sentences on sentences.sentence_code = 'missing.open_list'
