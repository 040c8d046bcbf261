-- comments: what the controller wrote beside the figures of a day.
--
-- grain:   one panel of a report with a comment on $as_of
-- key:     company_id, report_code, panel_code
-- source:  comments
-- params:  $as_of date
-- columns:
--   report_code   text  the report: controller…
--   panel_code    text  the panel it stands in
--   comment_text  text  the comment
--   company_id    text  whose figures it speaks of

select
    comments.report_code,
    comments.panel_code,
    comments.comment_text,
    coalesce(comments.company_id, '') as company_id
from comments
where comments.as_of_date = $as_of and comments.comment_text is not null
order by report_code, panel_code, company_id
