//! An answer as a table for the terminal, as CSV and as JSON.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, TableComponent, presets};

use super::{Formats, visible};
use crate::model::{Answer, ColumnKind, Value};

/// A text of more characters than these wraps where the width is bounded.
const WRAPPED: usize = 40;
/// What stands between two columns.
const GAP: usize = 3;

/// Writes a table for a reader: code names as headers (they are what `--sql` and CSV know), figures to the right
/// in the reader's language with every decimal. Within a `width` one row stands upright, its columns one below the other; of
/// several rows, as many columns as fit are shown, and those left out are named in the answer of this function.
///
/// # Errors
/// What `out` refuses.
pub fn write_table(
    answer: &Answer,
    formats: &Formats,
    width: Option<u16>,
    out: &mut impl Write,
) -> io::Result<Vec<String>> {
    let Some(width) = width.map(usize::from) else {
        write_columns(answer, &(0..answer.columns.len()).collect::<Vec<_>>(), formats, None, out)?;
        return Ok(Vec::new());
    };
    if answer.len() == 1 && widths(answer, formats).iter().sum::<usize>() > width {
        write_upright(answer, formats, width, out)?;
        return Ok(Vec::new());
    }
    let mut room = width;
    let widths = widths(answer, formats);
    let fits = |column: &usize| {
        let fits = widths[*column] <= room || *column == 0;
        room = room.saturating_sub(widths[*column]);
        fits
    };
    let shown: Vec<usize> = (0..answer.columns.len()).take_while(fits).collect();
    write_columns(answer, &shown, formats, Some(width), out)?;
    Ok(answer.columns[shown.len()..].iter().map(|column| column.name.clone()).collect())
}

/// The widths that columns want, with the gap behind them.
fn widths(answer: &Answer, formats: &Formats) -> Vec<usize> {
    let wanted = |column: usize| {
        let cells = (0..answer.len()).map(|row| formats.exact(&answer.at(row, column)).chars().count().min(WRAPPED));
        cells.max().unwrap_or(0).max(answer.columns[column].name.chars().count()) + GAP
    };
    (0..answer.columns.len()).map(wanted).collect()
}

/// One row, a line a column.
fn write_upright(answer: &Answer, formats: &Formats, width: usize, out: &mut impl Write) -> io::Result<()> {
    let name_width = answer.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width.max(name_width + 20)).unwrap_or(u16::MAX));
    for (column, value) in answer.columns.iter().zip(answer.row(0)) {
        let value = Cell::new(formats.exact(&value)).set_alignment(CellAlignment::Left);
        table.add_row([Cell::new(visible(&column.name)), value]);
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn write_columns(
    answer: &Answer,
    shown: &[usize],
    formats: &Formats,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .remove_style(TableComponent::HorizontalLines)
        .remove_style(TableComponent::MiddleIntersections);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    let alignments: Vec<CellAlignment> = shown.iter().map(|column| alignment(answer.columns[*column].kind)).collect();
    let headers = shown.iter().map(|column| visible(&answer.columns[*column].name).into_owned());
    table.set_header(headers.zip(&alignments).map(|(name, align)| Cell::new(name).set_alignment(*align)));
    for row in 0..answer.len() {
        let cells = shown.iter().map(|column| formats.exact(&answer.at(row, *column)));
        table.add_row(cells.zip(&alignments).map(|(text, align)| Cell::new(text).set_alignment(*align)));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

const fn alignment(kind: ColumnKind) -> CellAlignment {
    match kind {
        ColumnKind::Int | ColumnKind::Decimal | ColumnKind::Money | ColumnKind::Ratio => CellAlignment::Right,
        ColumnKind::Text | ColumnKind::Date | ColumnKind::Flag => CellAlignment::Left,
    }
}

/// Writes CSV: a header of column names, plain values (`1234.50`, `2025-12-31`), empty for null. A text that a
/// spreadsheet would run as a formula gets a leading `'`, which loading takes away again.
///
/// # Errors
/// What `out` refuses.
pub fn write_csv(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(answer.columns.iter().map(|column| without_formula(column.name.clone()))).map_err(refused)?;
    for row in 0..answer.len() {
        csv.write_record(answer.row(row).map(|value| match value {
            Value::Text(text) => without_formula(text.into_owned()),
            _ => value.plain(),
        }))
        .map_err(refused)?;
    }
    csv.flush()
}

/// The refusal of the disk or pipe itself, by its own kind.
fn refused(cause: csv::Error) -> io::Error {
    match cause.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn without_formula(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Writes one JSON array of objects, an object a line: nulls explicit, decimals as exact numbers, days as
/// `YYYY-MM-DD`; `[]` without a row.
///
/// # Errors
/// What `out` refuses.
pub fn write_json(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    if answer.is_empty() {
        return writeln!(out, "[]");
    }
    for row in 0..answer.len() {
        out.write_all(if row == 0 { b"[\n{" } else { b",\n{" })?;
        for (column, (value, named)) in answer.row(row).zip(&answer.columns).enumerate() {
            if column > 0 {
                out.write_all(b", ")?;
            }
            serde_json::to_writer(&mut *out, &named.name)?;
            out.write_all(b": ")?;
            match value {
                Value::Null => out.write_all(b"null")?,
                Value::Text(text) => serde_json::to_writer(&mut *out, &text)?,
                Value::Date(day) => write!(out, "\"{day}\"")?,
                // written digit by digit: a JSON library would make a binary float of it
                Value::Int(_) | Value::Decimal { .. } | Value::Flag(_) => out.write_all(value.plain().as_bytes())?,
            }
        }
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]\n")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "an output that fails must stop the test")]
mod tests {
    use super::*;
    use crate::model::{AnswerColumn, Date};
    use crate::report::{Language, Words};

    fn answer(rows: Vec<Vec<Value<'_>>>) -> Answer {
        let columns = [
            ("customer_name", ColumnKind::Text),
            ("due_date", ColumnKind::Date),
            ("open_count", ColumnKind::Int),
            ("open_amount", ColumnKind::Money),
            ("share_ratio", ColumnKind::Ratio),
            ("is_disputed", ColumnKind::Flag),
        ];
        let columns = columns.map(|(name, kind)| AnswerColumn { name: name.to_owned(), kind }).to_vec();
        Answer::of(columns, rows)
    }

    fn two_rows() -> Answer {
        answer(vec![
            vec![
                Value::text("Dupont \"Fils\", SA\u{1b}".to_owned()),
                Value::Date(Date::from_ymd_opt(2025, 12, 31).unwrap()),
                Value::Int(1200),
                Value::Decimal { digits: -123_450, scale: 2 },
                Value::Decimal { digits: 5, scale: 6 },
                Value::Flag(true),
            ],
            vec![
                Value::text("=cmd|'/c calc'!A1".to_owned()),
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Null,
            ],
        ])
    }

    fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_is_exact_and_says_null() {
        assert_eq!(
            written(|out| write_json(&two_rows(), out)),
            "[\n\
             {\"customer_name\": \"Dupont \\\"Fils\\\", SA\\u001b\", \"due_date\": \"2025-12-31\", \"open_count\": 1200, \"open_amount\": -1234.50, \"share_ratio\": 0.000005, \"is_disputed\": true},\n\
             {\"customer_name\": \"=cmd|'/c calc'!A1\", \"due_date\": null, \"open_count\": null, \"open_amount\": null, \"share_ratio\": null, \"is_disputed\": null}\n\
             ]\n"
        );
    }

    #[test]
    fn json_without_a_row_is_an_empty_array() {
        assert_eq!(written(|out| write_json(&answer(Vec::new()), out)), "[]\n");
    }

    #[test]
    fn json_can_be_read_back() {
        let read: serde_json::Value = serde_json::from_str(&written(|out| write_json(&two_rows(), out))).unwrap();
        assert_eq!(read[0]["customer_name"], "Dupont \"Fils\", SA\u{1b}");
        assert!(read[1]["due_date"].is_null());
    }

    #[test]
    fn csv_never_lets_a_spreadsheet_run_a_text() {
        assert_eq!(
            written(|out| write_csv(&two_rows(), out)),
            "customer_name,due_date,open_count,open_amount,share_ratio,is_disputed\n\
             \"Dupont \"\"Fils\"\", SA\u{1b}\",2025-12-31,1200,-1234.50,0.000005,true\n\
             '=cmd|'/c calc'!A1,,,,,\n"
        );
        for (found, kept) in
            [("+33", "'+33"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "'\rx"), ("a=b", "a=b")]
        {
            assert_eq!(without_formula(found.to_owned()), kept);
        }
    }

    #[test]
    fn within_a_width_one_row_stands_upright_and_columns_that_do_not_fit_are_named() {
        let formats = Formats::new(&Words::load(Language::En, None).unwrap()).unwrap();
        let mut out = Vec::new();
        let left_out = write_table(&two_rows(), &formats, Some(60), &mut out).unwrap();
        assert_eq!(left_out, ["open_amount", "share_ratio", "is_disputed"]);
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        let one = two_rows().filtered(|row| row == 0);
        let mut out = Vec::new();
        assert!(write_table(&one, &formats, Some(60), &mut out).unwrap().is_empty());
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 6, "{text}");
        assert!(text.lines().nth(3).unwrap().trim().starts_with("open_amount"), "{text}");
    }

    #[test]
    fn a_table_speaks_the_readers_language_and_disarms_the_ledgers() {
        let words = Words::load(Language::Fr, None).unwrap();
        let formats = Formats::new(&words).unwrap();
        let table = written(|out| write_table(&two_rows(), &formats, None, out).map(drop));
        let rule = "─".repeat(88);
        let double = "═".repeat(88);
        let expected = [
            rule.as_str(),
            " customer_name        due_date     open_count   open_amount   share_ratio   is_disputed",
            &double,
            " Dupont \"Fils\", SA␛   31/12/2025        1\u{202f}200     −1\u{202f}234,50      0,000005   oui",
            " =cmd|'/c calc'!A1",
            &rule,
        ];
        assert_eq!(table.lines().collect::<Vec<_>>(), expected);
    }
}
