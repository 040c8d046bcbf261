-- due_before_issued: debit items due before they were issued.
--
-- grain:   one debit item posted on or before $as_of
-- key:
-- source:  known_items
-- params:  none
-- columns:
--   subject_id   text   item
--   account      text   its account
--   amount       money  its amount, in the currency of the answer
--   source_file  text   of the item
--   source_line  int    of the item
--   detail_text  text   what was found
-- fault:   An invoice is due before it was issued.
-- todo:    Correct the due date or the issue date at the source.

select
    known_items.item_id as subject_id,
    known_items.account,
    known_items.answer_amount as amount,
    known_items.source_file,
    known_items.source_line,
    concat(
        'issued ', cast(known_items.issued_date as text),
        ', due ', cast(known_items.due_date as text)
    ) as detail_text
from known_items
where known_items.is_debit and known_items.due_date < known_items.issued_date
order by known_items.item_id
