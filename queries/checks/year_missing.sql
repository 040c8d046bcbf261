-- year_missing: gaps between the fiscal years of a company.
--
-- grain:   one fiscal year begun on or before $as_of that does not follow the one before
-- key:
-- source:  fiscal_years
-- params:  $as_of date
-- columns:
--   subject_id   text   closing date of the year after the gap
--   account      text   none
--   amount       money  none
--   source_file  text   file of the year after the gap
--   source_line  int    none
--   detail_text  text   what was found
-- fault:   A fiscal year is missing between two that are loaded.
-- todo:    Load the file of the missing year.

with chained_years as (
    select
        fiscal_years.company_id,
        fiscal_years.year_start_date,
        fiscal_years.year_end_date,
        fiscal_years.source_file,
        lag(fiscal_years.year_end_date) over (
            partition by fiscal_years.company_id
            order by fiscal_years.year_end_date
        ) as previous_end_date
    from fiscal_years
    where fiscal_years.year_start_date <= $as_of
)

select
    cast(chained_years.year_end_date as text) as subject_id,
    cast(null as text) as account,
    cast(null as decimal(21, 3)) as amount,
    chained_years.source_file,
    cast(null as bigint) as source_line,
    concat(
        'nothing between ', cast(chained_years.previous_end_date as text),
        ' and ', cast(chained_years.year_start_date as text)
    ) as detail_text
from chained_years
where chained_years.year_start_date - chained_years.previous_end_date > 1
order by chained_years.company_id, chained_years.year_end_date
