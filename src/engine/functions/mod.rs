//! Functions that SQL lacks.
//!
//! | function | gives |
//! |---|---|
//! | `due_by_terms(issued_date, terms_code)` | the due date that payment terms give; null where they cannot be read |
//! | `json_text(text, name)` | the value of that name in the JSON object that a text holds; null where it holds none |
//! | `last_day(date)` | the last day of its month |
//! | `month_number(date)` | its year × 12 + its month, January being 0 |
//! | `money(number, decimals)` | the number as an amount, rounded half away from zero to the decimals of its currency |
//! | `number_text(number, decimals, language)` | the number rounded half-up, thousands grouped: `1 234,5` or `1,234.5` |
//! | `filled_text(sentence, names, values)` | the sentence with each `{name}` replaced by its value, a dash for none |
//! | `fisher_p_value(hits, misses, earlier_hits, earlier_misses)` | two-sided p of equal rates, ten decimals |
//! | `percentile_of(numbers, percent)` | the interpolated percentile of a list of whole numbers; null for none |
//! | `densest_runs(numbers, width)` | `[start, count, start, count]` of the two runs of so many whole numbers that hold most of a list |
//! | `text_digest(text)` | sixteen hexadecimal digits that the text is known by |
//! | `drawn_ratio(text)` | from 0 to under 1, the same for the same text: who falls into a share that is drawn |
//! | `wilson_bound(hits, tries, is_upper)` | an end of the 95 % interval of a share, six decimals; null where nothing was tried |
//! | `difference_bound(hits, tries, other_hits, other_tries, is_upper)` | the same of one share less another |
//! | `received_in_turn(promises, receipts)` | what came in for each promise of a customer or of one of its items, oldest promise first |

mod digest;
mod due_by_terms;
mod filled_text;
mod fisher;
mod json_text;
mod last_day;
pub(super) mod money;
mod month_number;
mod number_text;
mod percentile;
mod promises;
mod runs;
pub(super) mod whole_sum;
mod wilson;

use datafusion::logical_expr::ScalarUDF;

/// All of them, for a session.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        digest::drawn_ratio(),
        digest::text_digest(),
        due_by_terms::function(),
        json_text::function(),
        last_day::function(),
        money::function(),
        month_number::function(),
        number_text::function(),
        filled_text::function(),
        fisher::function(),
        percentile::function(),
        runs::function(),
        promises::function(),
        wilson::function(),
        wilson::difference(),
    ]
}
