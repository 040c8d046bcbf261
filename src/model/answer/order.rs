//! The order of rows whose values lie column by column: no row is ever put together to be compared.

use std::cmp::Ordering;

use super::{ColumnValues, Texts};

/// A column that rows are ordered by, from the least on unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortColumn {
    /// Where the column stands.
    pub position: usize,
    /// From the greatest on.
    pub is_descending: bool,
    /// What is not known comes first.
    pub are_nulls_first: bool,
}

/// Bytes of a text that are looked at at once; the last byte of a key tells how many there are, and whether more follow.
const BYTES_AT_ONCE: usize = 15;
/// Rows that are compared one with the other rather than by a list of their keys.
const FEW: usize = 24;

/// Brings rows into the order of some columns.
pub(super) fn arrange(columns: &[ColumnValues], rows: &mut [usize], by: &[SortColumn]) {
    if rows.len() <= FEW {
        rows.sort_by(|one, other| compared(columns, *one, *other, by));
        return;
    }
    let Some((first, rest)) = by.split_first() else { return };
    let values = &columns[first.position];
    let (known, unknown): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| values.is_known(**row));
    let (of_known, of_unknown) = if first.are_nulls_first {
        let (of_unknown, of_known) = rows.split_at_mut(unknown.len());
        (of_known, of_unknown)
    } else {
        rows.split_at_mut(known.len())
    };
    of_known.copy_from_slice(&known);
    of_unknown.copy_from_slice(&unknown);
    drop((known, unknown));
    by_key(columns, of_known, *first, 0, rest);
    arrange(columns, of_unknown, rest);
}

/// Brings rows whose values of a column are known, and of the same keys up to a depth, into order.
fn by_key(columns: &[ColumnValues], rows: &mut [usize], column: SortColumn, depth: usize, rest: &[SortColumn]) {
    let values = &columns[column.position];
    let turned = |key: u128| if column.is_descending { !key } else { key };
    let mut keyed: Vec<(u128, usize)> = rows.iter().map(|row| (turned(values.key(*row, depth)), *row)).collect();
    keyed.sort_unstable();
    rows.iter_mut().zip(&keyed).for_each(|(row, (_, sorted))| *row = *sorted);
    let mut runs = Vec::new();
    for run in keyed.chunk_by(|one, next| one.0 == next.0) {
        runs.push((run.len(), values.is_whole(turned(run[0].0))));
    }
    drop(keyed);
    let mut start = 0;
    for (length, is_whole) in runs {
        let same = &mut rows[start..start + length];
        start += length;
        match length {
            1 => {}
            _ if is_whole => arrange(columns, same, rest),
            _ => by_key(columns, same, column, depth + 1, rest),
        }
    }
}

/// Which of two rows comes first.
fn compared(columns: &[ColumnValues], one: usize, other: usize, by: &[SortColumn]) -> Ordering {
    let orders = by.iter().map(|column| {
        let values = &columns[column.position];
        match (values.is_known(one), values.is_known(other)) {
            (true, true) => {
                let order = values.compared(one, other);
                if column.is_descending { order.reverse() } else { order }
            }
            (is_known, is_other_known) if column.are_nulls_first => is_known.cmp(&is_other_known),
            (is_known, is_other_known) => is_other_known.cmp(&is_known),
        }
    });
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

impl ColumnValues {
    /// The order of two known values.
    fn compared(&self, one: usize, other: usize) -> Ordering {
        let mut depth = 0;
        loop {
            let key = self.key(one, depth);
            let order = key.cmp(&self.key(other, depth));
            if order.is_ne() || self.is_whole(key) {
                return order;
            }
            depth += 1;
        }
    }

    fn is_known(&self, row: usize) -> bool {
        match self {
            Self::Text(list) => list.is_known(row),
            Self::Date(list) => list[row].is_some(),
            Self::Int(list) => list[row].is_some(),
            Self::Money(list) => list.thousandths[row] != super::Amounts::UNKNOWN,
            Self::Decimal(list) => list.scales[row] != super::Decimals::NULL,
            Self::Flag(list) => list[row].is_some(),
        }
    }

    /// A known value, or a part of a longer text, as a number: values are ordered as their first different parts are.
    fn key(&self, row: usize, depth: usize) -> u128 {
        let signed = |number: i128| number.cast_unsigned() ^ (1 << 127);
        match self {
            Self::Text(list) => text_key(list, row, depth),
            Self::Date(list) => signed(list[row].map_or(0, |day| day.to_epoch_days().into())),
            Self::Int(list) => signed(list[row].unwrap_or_default().into()),
            Self::Money(list) => signed(list.thousandths[row]),
            // all decimals of a column have the same scale
            Self::Decimal(list) => signed(list.digits[row]),
            Self::Flag(list) => u128::from(list[row] == Some(true)),
        }
    }

    /// Whether a key tells all that is left of its value.
    const fn is_whole(&self, key: u128) -> bool {
        !matches!(self, Self::Text(_)) || (key & 0xff) <= BYTES_AT_ONCE as u128
    }
}

/// The bytes of a text from a depth on, the first ones weighing most, then how many there are.
fn text_key(list: &Texts, row: usize, depth: usize) -> u128 {
    let bytes = list.get(row).unwrap_or_default().as_bytes();
    let bytes = bytes.get(BYTES_AT_ONCE * depth..).unwrap_or_default();
    let mut key = [0; BYTES_AT_ONCE + 1];
    let (part, more) = bytes.split_at(bytes.len().min(BYTES_AT_ONCE));
    key[..part.len()].copy_from_slice(part);
    let count = part.len() + usize::from(!more.is_empty());
    u128::from_be_bytes(key) | count as u128
}

#[cfg(test)]
mod tests {
    use super::super::tests::columns;
    use super::*;
    use crate::model::{Answer, Date, Value};

    /// As a database orders two values.
    fn as_a_database(one: &Value<'_>, other: &Value<'_>, column: SortColumn) -> Ordering {
        let order = match (one, other) {
            (Value::Null, Value::Null) => return Ordering::Equal,
            (Value::Null, _) => return if column.are_nulls_first { Ordering::Less } else { Ordering::Greater },
            (_, Value::Null) => return as_a_database(other, one, column).reverse(),
            (Value::Text(one), Value::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
            (Value::Date(one), Value::Date(other)) => one.cmp(other),
            (Value::Int(one), Value::Int(other)) => one.cmp(other),
            (Value::Decimal { digits: one, .. }, Value::Decimal { digits: other, .. }) => one.cmp(other),
            (Value::Flag(one), Value::Flag(other)) => one.cmp(other),
            _ => unreachable!("values of a column are of one kind"),
        };
        if column.is_descending { order.reverse() } else { order }
    }

    #[test]
    fn rows_come_in_the_order_that_comparing_them_one_by_one_gives() {
        // whole, and cut where a key is full
        let cut = ["abcdefghijklmno", "abcdefghijklmno\u{0}", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyzabcd"];
        let texts = [&["", "a", "a\u{0}", "ab", "é", "z", "abcdefghijklmnopqrstuvwxyzabcde"][..], &cut].concat();
        let digits = [-(1 << 100), -(1 << 64), -1, 0, 1, u64::MAX.into(), 1 << 64, 1 << 100];
        let days = [(1899, 12, 31), (2024, 2, 29), (2099, 1, 1)];
        let columns = columns();
        // a small congruential generator: the same rows each time, in no order
        let mut seed = 7_usize;
        let mut dice = |faces: usize| {
            seed = (seed * 1_103_515_245 + 12_345) % (1 << 31);
            (seed >> 8) % faces
        };
        let mut rows = Vec::new();
        for _ in 0..400 {
            let day = days[dice(days.len())];
            let row = vec![
                Value::text(texts[dice(texts.len())]),
                Value::Date(Date::from_ymd_opt(day.0, day.1, day.2).unwrap_or_default()),
                Value::Int([i64::MIN, -1, 0, i64::MAX][dice(4)]),
                Value::Decimal { digits: digits[dice(digits.len())], scale: 2 },
                Value::Flag(dice(2) == 1),
            ];
            rows.push(row.into_iter().map(|value| if dice(6) == 0 { Value::Null } else { value }).collect::<Vec<_>>());
        }
        for first in 0..columns.len() {
            for (is_descending, are_nulls_first) in [(false, false), (true, false), (false, true), (true, true)] {
                let by: Vec<SortColumn> = (0..3)
                    .map(|next| (first + next) % columns.len())
                    .map(|position| SortColumn { position, is_descending, are_nulls_first })
                    .collect();
                let mut answer = Answer::of(columns.clone(), rows.clone());
                answer.sort(&by);
                let mut expected = rows.clone();
                expected.sort_by(|one, other| {
                    let orders =
                        by.iter().map(|column| as_a_database(&one[column.position], &other[column.position], *column));
                    orders.fold(Ordering::Equal, Ordering::then)
                });
                assert_eq!(answer.rows().collect::<Vec<_>>(), expected, "{by:?}");
            }
        }
    }
}
