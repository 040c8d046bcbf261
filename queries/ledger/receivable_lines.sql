-- receivable_lines: the lines of receivable accounts, each with what its entry says of it.
--
-- grain:   one accepted line of an account in the perimeter
-- key:
-- source:  told_lines
-- columns:
--   account          text   receivable account
--   customer_id      text   auxiliary account, else the account itself
--   customer_name    text   name of either
--   is_auxiliary     flag   whether the customer has an auxiliary account
--   year_end_date    date   closing date of the fiscal year that holds the line
--   entry_key        text   what the lines of an entry have in common
--   posted_date      date   day of the entry
--   journal_code     text   journal
--   entry_number     text   number of the entry as written
--   piece_reference  text   reference of the document
--   piece_date       date   day of the document
--   due_date         date   due date, where the file tells one
--   label            text   label of the line
--   amount           money  debit minus credit
--   letter_code      text   lettering code
--   letter_date      date   day of lettering
--   is_opening       flag   belongs to an opening entry (FEC.md 5)
--   kind             text   what the line is, from the largest counterpart of its entry
--   source_file      text   file
--   source_line      int    line in it
select
    told_lines.account,
    told_lines.customer_id,
    told_lines.customer_name,
    told_lines.is_auxiliary,
    told_lines.year_end_date,
    told_lines.entry_key,
    told_lines.posted_date,
    told_lines.journal_code,
    told_lines.entry_number,
    told_lines.piece_reference,
    told_lines.piece_date,
    told_lines.due_date,
    told_lines.label,
    told_lines.amount,
    told_lines.letter_code,
    told_lines.letter_date,
    told_lines.is_opening,
    told_lines.kind,
    told_lines.source_file,
    told_lines.source_line
from told_lines
order by
    told_lines.customer_id,
    told_lines.account,
    told_lines.year_end_date,
    told_lines.posted_date,
    told_lines.source_line
