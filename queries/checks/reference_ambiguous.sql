-- reference_ambiguous: names of invoices that several documents bear; they hold nothing.
--
-- grain:   one name that a dispute, status, detail or action gives
-- key:
-- source:  document_names, known_items
-- params:  none
-- columns:
--   subject_id   text   the name
--   account      text   none
--   amount       money  what the candidates amount to
--   source_file  text   none
--   source_line  int    none
--   detail_text  text   the candidates
-- fault:   A dispute, a status, a detail or an action names an invoice that is one of several.
-- todo:    Name the item by its identifier, or correct the number, and load the file again.

select
    document_names.name_text as subject_id,
    cast(null as text) as account,
    cast(sum(known_items.answer_amount) as decimal(21, 3)) as amount,
    cast(null as text) as source_file,
    cast(null as bigint) as source_line,
    substr(
        array_to_string(
            array_agg(
                concat(
                    known_items.customer_id,
                    ' ',
                    cast(known_items.issued_date as varchar),
                    ' ',
                    known_items.item_id
                )
                order by known_items.issued_date, known_items.item_id
            ),
            '; '
        ),
        1,
        400
    ) as detail_text
from document_names
inner join known_items on document_names.item_number = known_items.item_number
where not document_names.is_one
group by document_names.company_id, document_names.name_text
order by document_names.company_id, subject_id
