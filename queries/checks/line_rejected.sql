-- line_rejected: lines that were refused and so are in no figure.
--
-- grain:   one refused line of a source the lake holds, whatever its date
-- key:
-- source:  rejects
-- params:  none
-- columns:
--   subject_id   text   reason of the reject
--   account      text   none
--   amount       money  unknown: the line could not be read
--   source_file  text   of the line
--   source_line  int    of the line
--   detail_text  text   what was found
-- fault:   A line of a file could not be read.
-- todo:    Read the reason of the reject, correct the file and load it again.

select
    rejects.reason_code as subject_id,
    cast(null as text) as account,
    cast(null as decimal(21, 3)) as amount,
    rejects.source_file,
    rejects.source_line,
    coalesce(rejects.found, rejects.text) as detail_text
from rejects
order by rejects.source_file, rejects.source_line, rejects.reason_code
