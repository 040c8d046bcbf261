//! SQL over the cells of a file: the expressions of mappings, evaluated a block of rows at a time.
//!
//! In: names of columns, all of them text, and expressions; then blocks of rows. Out: a cell a row for each expression.
//! Names keep their case; `amount(column)` and `day(column)` read a cell as the file writes amounts and days.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Date32Array, Decimal128Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Schema};
use datafusion::common::cast::as_string_array;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::{functions, user_sql};
use crate::model::expressions::{CellReader, Evaluator, Expressions};
use crate::model::money::SCALE;
use crate::model::rows::Cell;
use crate::model::{Date, Money};

const AMOUNT: &str = "amount";
const DAY: &str = "day";

/// Evaluates the expressions of mappings.
#[derive(Clone, Copy, Debug)]
pub struct CellSql;

struct Prepared {
    schema: Arc<Schema>,
    expressions: Vec<Arc<dyn PhysicalExpr>>,
    amount_columns: Vec<usize>,
    day_columns: Vec<usize>,
}

impl Expressions for CellSql {
    fn prepare(
        &self,
        columns: &[String],
        expressions: &[String],
        reader: Arc<dyn CellReader>,
    ) -> Result<Box<dyn Evaluator>, String> {
        let fields: Vec<Field> = columns.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let typed = DFSchema::try_from(schema.clone()).map_err(|cause| cause.strip_backtrace())?;
        let config = SessionConfig::new().set_bool("datafusion.sql_parser.enable_ident_normalization", false);
        let context = SessionContext::new_with_config(config);
        for function in functions::all() {
            context.register_udf(function);
        }
        for gives in [AMOUNT, DAY] {
            context.register_udf(ScalarUDF::new_from_impl(ReadCell::new(gives, reader.clone())));
        }
        let mut prepared = Prepared {
            schema,
            expressions: Vec::with_capacity(expressions.len()),
            amount_columns: Vec::new(),
            day_columns: Vec::new(),
        };
        for sql in expressions {
            let refused = |cause: String| format!("`{sql}`: {cause}");
            user_sql::check(sql).map_err(|cause| refused(cause.to_string()))?;
            let parsed = context.parse_sql_expr(sql, &typed).map_err(|cause| refused(cause.strip_backtrace()))?;
            prepared.note_cells(&parsed).map_err(|cause| refused(cause.strip_backtrace()))?;
            // functions such as coalesce are brought to others before they can be evaluated
            let simplifier =
                ExprSimplifier::new(SimplifyContext::builder().with_schema(Arc::new(typed.clone())).build());
            let coerced = simplifier.coerce(parsed, &typed).map_err(|cause| refused(cause.strip_backtrace()))?;
            let simple = simplifier.simplify(coerced).map_err(|cause| refused(cause.strip_backtrace()))?;
            let physical =
                context.create_physical_expr(simple, &typed).map_err(|cause| refused(cause.strip_backtrace()))?;
            prepared.expressions.push(physical);
        }
        Ok(Box::new(prepared))
    }
}

impl Prepared {
    /// Notes which columns are read as amounts and as days.
    fn note_cells(&mut self, parsed: &Expr) -> Result<(), DataFusionError> {
        parsed.apply(|part| {
            if let Expr::ScalarFunction(call) = part
                && let [Expr::Column(Column { name, .. })] = &call.args[..]
                && let Ok(position) = self.schema.index_of(name)
            {
                match call.func.name() {
                    AMOUNT => self.amount_columns.push(position),
                    DAY => self.day_columns.push(position),
                    _ => {}
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }
}

impl Evaluator for Prepared {
    fn cells_read(&self) -> (Vec<usize>, Vec<usize>) {
        (self.amount_columns.clone(), self.day_columns.clone())
    }

    fn evaluate(&self, columns: &[Vec<String>]) -> Result<Vec<Vec<Cell>>, String> {
        let texts = |cells: &Vec<String>| -> ArrayRef {
            Arc::new(
                cells.iter().map(|cell| Some(cell.as_str()).filter(|cell| !cell.is_empty())).collect::<StringArray>(),
            )
        };
        let arrays = columns.iter().map(texts).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), arrays).map_err(|cause| cause.to_string())?;
        let evaluated = |expression: &Arc<dyn PhysicalExpr>| {
            let value = expression.evaluate(&batch).map_err(|cause| cause.strip_backtrace())?;
            let array = value.into_array(batch.num_rows()).map_err(|cause| cause.strip_backtrace())?;
            cells(&array).map_err(|cause| cause.strip_backtrace())
        };
        self.expressions.iter().map(evaluated).collect()
    }
}

/// What an expression gave, cell by cell: numbers as amounts, all else that is neither day nor flag as text.
fn cells(array: &ArrayRef) -> Result<Vec<Cell>, DataFusionError> {
    let each = |cell: &dyn Fn(usize) -> Cell| {
        (0..array.len()).map(|row| if array.is_null(row) { Cell::Empty } else { cell(row) }).collect()
    };
    Ok(match array.data_type() {
        DataType::Null => vec![Cell::Empty; array.len()],
        DataType::Boolean => each(&|row| Cell::Flag(array.as_boolean().value(row))),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            let days = cast(array, &DataType::Date32)?;
            let days = days.as_primitive::<Date32Type>();
            each(&|row| Cell::date(Date::from_epoch_days(days.value(row))))
        }
        kind if kind.is_numeric() => {
            let amounts = cast(array, &DataType::Decimal128(38, SCALE.cast_signed()))?;
            let amounts = amounts.as_primitive::<Decimal128Type>();
            if let Some(row) =
                (0..array.len()).find(|row| array.is_valid(*row) && Money::from_wide(amounts.value(*row)).is_none())
            {
                return Err(DataFusionError::Execution(format!("{} is too large", amounts.value_as_string(row))));
            }
            each(&|row| Cell::money(Money::from_wide(amounts.value(row))))
        }
        _ => {
            let texts = cast(array, &DataType::Utf8)?;
            let texts = as_string_array(&texts)?;
            each(&|row| Cell::text(texts.value(row).trim()))
        }
    })
}

/// `amount(text)` or `day(text)`.
struct ReadCell {
    gives: &'static str,
    reader: Arc<dyn CellReader>,
    signature: Signature,
}

impl ReadCell {
    fn new(gives: &'static str, reader: Arc<dyn CellReader>) -> Self {
        Self { gives, reader, signature: Signature::uniform(1, vec![DataType::Utf8], Volatility::Immutable) }
    }
}

impl fmt::Debug for ReadCell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.gives)
    }
}

impl PartialEq for ReadCell {
    fn eq(&self, other: &Self) -> bool {
        self.gives == other.gives && Arc::ptr_eq(&self.reader, &other.reader)
    }
}

impl Eq for ReadCell {}

impl Hash for ReadCell {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.gives.hash(state);
    }
}

impl ScalarUDFImpl for ReadCell {
    fn name(&self) -> &str {
        self.gives
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(if self.gives == DAY { DataType::Date32 } else { DataType::Decimal128(18, SCALE.cast_signed()) })
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let texts = as_string_array(&arrays[0])?;
        let array: ArrayRef = if self.gives == DAY {
            let day = |text: &str| self.reader.day(text).map(|day| day.to_epoch_days());
            Arc::new(texts.iter().map(|text| text.and_then(day)).collect::<Date32Array>())
        } else {
            let amount = |text: &str| self.reader.amount(text).map(Money::wide);
            let amounts = texts.iter().map(|text| text.and_then(amount)).collect::<Decimal128Array>();
            Arc::new(amounts.with_precision_and_scale(18, SCALE.cast_signed())?)
        };
        Ok(ColumnarValue::Array(array))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot prepare its expressions must stop")]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Plain;

    impl CellReader for Plain {
        fn amount(&self, text: &str) -> Option<Money> {
            text.parse().ok().and_then(Money::from_hundredths)
        }
        fn day(&self, text: &str) -> Option<Date> {
            text.parse().ok()
        }
    }

    fn evaluated(sql: &str, row: &[&str]) -> Result<Cell, String> {
        let columns = ["Doc No", "Betrag", "S/H", "Day"].map(str::to_owned);
        let prepared = CellSql.prepare(&columns, &[sql.to_owned()], Arc::new(Plain))?;
        let cells: Vec<Vec<String>> = row.iter().map(|cell| vec![(*cell).to_owned()]).collect();
        Ok(prepared.evaluate(&cells)?[0][0].clone())
    }

    #[test]
    fn an_expression_reads_cells_as_the_file_writes_them() {
        let row = ["A 1", "1300", "H", "2025-01-15"];
        let money = |hundredths| Cell::Money(Money::from_hundredths(hundredths).unwrap());
        let by_side = "case when \"S/H\" = 'H' then -amount(Betrag) else amount(Betrag) end";
        assert_eq!(evaluated(by_side, &row), Ok(money(-1300)));
        assert_eq!(evaluated("day(Day) + interval '30 days'", &row), Ok(Cell::Date("2025-02-14".parse().unwrap())));
        assert_eq!(evaluated("\"Doc No\" || '/' || \"S/H\"", &row), Ok(Cell::text("A 1/H")));
        assert_eq!(evaluated("amount(Betrag) > 12 and \"S/H\" <> 'S'", &row), Ok(Cell::Flag(true)));
        assert_eq!(evaluated("1 + 1", &row), Ok(money(200)));
        assert_eq!(evaluated("coalesce(\"S/H\", '') not in ('S')", &row), Ok(Cell::Flag(true)));
        assert_eq!(evaluated("nullif(\"S/H\", 'H')", &row), Ok(Cell::Empty));
    }

    #[test]
    fn what_is_wrong_with_an_expression_is_said_with_its_text() {
        for sql in ["Amount", "amount(", "\"S/H\" +", "amount(Betrag, 2)"] {
            assert!(evaluated(sql, &["", "", "", ""]).unwrap_err().starts_with(&format!("`{sql}`: ")), "{sql}");
        }
    }
}
