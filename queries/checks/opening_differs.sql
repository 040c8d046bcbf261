-- opening_differs: customers whose opening is not the closing of the year before.
--
-- grain:   one account and customer of a fiscal year
-- key:
-- source:  opening_gaps, fiscal_years
-- params:  $as_of date
-- columns:
--   subject_id   text   customer
--   account      text   receivable account
--   amount       money  opening − closing of the year before
--   source_file  text   file of the year that opens
--   source_line  int    none
--   detail_text  text   what was found
-- fault:   The opening of a year is not the closing of the year before.
-- todo:    Load the final file of the year before, or explain the difference (an adjustment item).

select
    opening_gaps.customer_id as subject_id,
    opening_gaps.account,
    cast(opening_gaps.opening_amount - opening_gaps.closing_amount as decimal(21, 3)) as amount,
    fiscal_years.source_file,
    cast(null as bigint) as source_line,
    concat(
        'closing ', cast(opening_gaps.closing_amount as text),
        ', opening ', cast(opening_gaps.opening_amount as text),
        ' on ', cast(opening_gaps.opening_date as text)
    ) as detail_text
from opening_gaps
left join fiscal_years
    on coalesce(opening_gaps.company_id, '') = coalesce(fiscal_years.company_id, '')
    and opening_gaps.year_end_date = fiscal_years.year_end_date
where opening_gaps.opening_date <= $as_of
order by
    opening_gaps.opening_date,
    opening_gaps.account,
    opening_gaps.company_id,
    opening_gaps.customer_id
