-- dispute_closed_before_opened: disputes that were closed before they were opened.
--
-- grain:   one dispute whose both dates are on or before $as_of
-- key:
-- source:  disputes
-- params:  $as_of date
-- columns:
--   subject_id   text   dispute
--   account      text   none
--   amount       money  contested amount; empty for the whole item
--   source_file  text   none
--   source_line  int    none
--   detail_text  text   what was found
-- fault:   The closing date of a dispute comes before its opening.
-- todo:    Correct the dates of the dispute.

select
    disputes.dispute_id as subject_id,
    cast(null as text) as account,
    disputes.disputed_amount as amount,
    cast(null as text) as source_file,
    cast(null as bigint) as source_line,
    concat(
        'opened ', cast(disputes.opened_date as text),
        ', closed ', cast(disputes.closed_date as text)
    ) as detail_text
from disputes
where disputes.opened_date <= $as_of and disputes.closed_date < disputes.opened_date
order by disputes.dispute_id
