//! `received_in_turn`: what came in for each promise, every receipt counted once, for the oldest promise first.
//!
//! In: of one customer, the promises (first and last day that count, amount) and the receipts (day, amount) as lists,
//! promises in the order they fall due. Out: a list of amounts, one a promise.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Builder, ListArray, ListBuilder};
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

fn list(of: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(of, true)))
}

const MONEY: DataType = DataType::Decimal128(18, 2);

pub(super) fn function() -> ScalarUDF {
    let days = list(DataType::Date32);
    let arguments = vec![days.clone(), days.clone(), list(MONEY), days, list(MONEY)];
    create_udf("received_in_turn", arguments, list(MONEY), Volatility::Immutable, Arc::new(received_lists))
}

fn received_lists(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let lists: Vec<&ListArray> = arrays.iter().map(AsArray::as_list::<i32>).collect();
    let mut received = ListBuilder::new(Decimal128Builder::new().with_data_type(MONEY));
    for row in 0..lists[0].len() {
        let promises = Promises {
            first_days: days(lists[0], row),
            last_days: days(lists[1], row),
            amounts: amounts(lists[2], row),
        };
        for amount in promises.received(&days(lists[3], row), &amounts(lists[4], row)) {
            received.values().append_value(amount);
        }
        received.append(true);
    }
    Ok(ColumnarValue::Array(Arc::new(received.finish())))
}

fn of_row(list: &ListArray, row: usize) -> Option<ArrayRef> {
    list.is_valid(row).then(|| list.value(row))
}

fn days(list: &ListArray, row: usize) -> Vec<i32> {
    of_row(list, row).map_or_else(Vec::new, |values| values.as_primitive::<Date32Type>().values().to_vec())
}

fn amounts(list: &ListArray, row: usize) -> Vec<i128> {
    of_row(list, row).map_or_else(Vec::new, |values| values.as_primitive::<Decimal128Type>().values().to_vec())
}

/// The promises of one customer, in the order they fall due.
struct Promises {
    first_days: Vec<i32>,
    last_days: Vec<i32>,
    amounts: Vec<i128>,
}

impl Promises {
    /// What came in for each, in hundredths: of every receipt in its days, what older promises left of it.
    fn received(&self, days: &[i32], amounts: &[i128]) -> Vec<i128> {
        let mut left = amounts.to_vec();
        let mut of_promise = Vec::with_capacity(self.amounts.len());
        for (place, wanted) in self.amounts.iter().enumerate() {
            let mut taken = 0;
            for (receipt, day) in days.iter().enumerate() {
                if (self.first_days[place]..=self.last_days[place]).contains(day) && taken < *wanted {
                    let part = left[receipt].min(wanted - taken);
                    left[receipt] -= part;
                    taken += part;
                }
            }
            of_promise.push(taken);
        }
        of_promise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_counts_once_and_for_the_oldest_promise() {
        let promises =
            Promises { first_days: vec![1, 1, 20], last_days: vec![10, 12, 30], amounts: vec![100, 100, 50] };
        assert_eq!(promises.received(&[5, 11, 40], &[150, 20, 999]), [100, 70, 0]);
        assert_eq!(promises.received(&[], &[]), [0, 0, 0]);
    }
}
