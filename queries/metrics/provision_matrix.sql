-- provision_matrix: what is expected never to be paid, by aging bucket (IFRS 9, simplified).
--
-- grain:   one aging bucket, empty ones included
-- key:     bucket_code
-- source:  expected_losses
-- params:  none
-- columns:
--   bucket_code       text   aging bucket
--   open_amount       money  open items, as in aging
--   loss_ratio        ratio  lifetime loss rate of the bucket; null where none is known
--   loss_source_code  text   given (loss_rates), write_offs (seen over 36 months or more) or none
--   allowance_amount  money  open × loss rate, never below 0; null where no rate is known
--   book_month_count  int    months of books that write-offs were seen over; null without
--   missing_text      text   why no rate is known, and how to have one; null where one is

select
    expected_losses.bucket_code,
    expected_losses.open_amount,
    expected_losses.loss_ratio,
    expected_losses.loss_source_code,
    expected_losses.allowance_amount,
    expected_losses.book_month_count,
    expected_losses.missing_text
from expected_losses
order by expected_losses.bucket_order
