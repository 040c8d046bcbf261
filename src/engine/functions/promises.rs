//! `received_in_turn`: what came in for each promise, every receipt counted once, for the oldest promise first.
//!
//! In: of one customer, the promises (first and last day that count, amount, item or null for all) and the receipts (day,
//! amount, item they settled or null) as lists, promises in the order they fall due, receipts in the order in which they are
//! used. Out: a list of amounts, one a promise. A promise of one item takes what settled it, and what settled nothing yet.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Builder, ListArray, ListBuilder};
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

fn list(of: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(of, true)))
}

use super::money::MONEY;

pub(super) fn function() -> ScalarUDF {
    let days = list(DataType::Date32);
    let numbers = list(DataType::Int64);
    let arguments = vec![days.clone(), days.clone(), list(MONEY), numbers.clone(), days, list(MONEY), numbers];
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
            items: items(lists[3], row),
        };
        let receipts =
            Receipts { days: days(lists[4], row), amounts: amounts(lists[5], row), items: items(lists[6], row) };
        for amount in promises.received(&receipts) {
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

fn items(list: &ListArray, row: usize) -> Vec<Option<i64>> {
    of_row(list, row).map_or_else(Vec::new, |values| values.as_primitive::<Int64Type>().iter().collect())
}

/// The receipts of one customer, in the order in which they are used.
struct Receipts {
    days: Vec<i32>,
    amounts: Vec<i128>,
    items: Vec<Option<i64>>,
}

/// The promises of one customer, in the order they fall due.
struct Promises {
    first_days: Vec<i32>,
    last_days: Vec<i32>,
    amounts: Vec<i128>,
    items: Vec<Option<i64>>,
}

impl Promises {
    /// What came in for each, in thousandths: of every receipt in its days, what older promises left of it.
    fn received(&self, receipts: &Receipts) -> Vec<i128> {
        let mut left = receipts.amounts.clone();
        let mut of_promise = Vec::with_capacity(self.amounts.len());
        for (place, wanted) in self.amounts.iter().enumerate() {
            let mut taken = 0;
            for (receipt, day) in receipts.days.iter().enumerate() {
                let is_in_time = (self.first_days[place]..=self.last_days[place]).contains(day);
                let (promised, settled) = (self.items[place], receipts.items[receipt]);
                let is_for_it = promised.is_none() || settled.is_none() || promised == settled;
                if is_in_time && is_for_it && taken < *wanted {
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

    fn received(promises: &[(i32, i32, i128, Option<i64>)], receipts: &[(i32, i128, Option<i64>)]) -> Vec<i128> {
        let promises = Promises {
            first_days: promises.iter().map(|promise| promise.0).collect(),
            last_days: promises.iter().map(|promise| promise.1).collect(),
            amounts: promises.iter().map(|promise| promise.2).collect(),
            items: promises.iter().map(|promise| promise.3).collect(),
        };
        promises.received(&Receipts {
            days: receipts.iter().map(|receipt| receipt.0).collect(),
            amounts: receipts.iter().map(|receipt| receipt.1).collect(),
            items: receipts.iter().map(|receipt| receipt.2).collect(),
        })
    }

    #[test]
    fn a_receipt_counts_once_and_for_the_oldest_promise() {
        let promises = [(1, 10, 100, None), (1, 12, 100, None), (20, 30, 50, None)];
        assert_eq!(received(&promises, &[(5, 150, Some(7)), (11, 20, None), (40, 999, None)]), [100, 70, 0]);
        assert_eq!(received(&promises[..2], &[]), [0, 0]);
    }

    #[test]
    fn a_promise_of_an_item_is_not_kept_by_money_for_another() {
        let promises = [(1, 10, 100, Some(1)), (1, 10, 100, Some(2))];
        assert_eq!(received(&promises, &[(5, 100, Some(2))]), [0, 100]);
        assert_eq!(received(&promises, &[(5, 60, Some(1)), (6, 100, None)]), [100, 60]);
        // an item that nobody knows
        assert_eq!(received(&[(1, 10, 100, Some(0))], &[(5, 100, Some(2)), (6, 30, None)]), [30]);
    }
}
