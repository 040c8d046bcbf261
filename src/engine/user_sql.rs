//! SQL of the user: how deep it may be nested, since planning goes into it as deep, and whole numbers that end with an error
//! where they are beyond 64 bits. The engine's own would go on with other numbers.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{AggregateUDF, BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator, cast};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::EngineError;
use super::functions::whole_sum;

/// Operators, joins and unions that a question may hold: each may be nested in the one before.
const MOST_OPERATORS: usize = 2000;

/// Refuses what is nested too deep; what is no SQL is for the planner to tell.
pub(super) fn check(sql: &str) -> Result<(), EngineError> {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, sql).tokenize() else { return Ok(()) };
    let count = tokens.iter().filter(|token| nests(token)).count();
    if count > MOST_OPERATORS {
        return Err(EngineError::TooDeep { count, most: MOST_OPERATORS });
    }
    Ok(())
}

/// Whether what comes before it may stand within it. Lists of values are flat, however long.
fn nests(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::CASE
                | Keyword::JOIN
                | Keyword::UNION
                | Keyword::INTERSECT
                | Keyword::EXCEPT
                | Keyword::SELECT
        ),
        Token::Whitespace(_)
        | Token::Comma
        | Token::Period
        | Token::RParen
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Placeholder(_)
        | Token::SemiColon
        | Token::EOF => false,
        _ => true,
    }
}

/// The plan with whole numbers that are summed, multiplied and subtracted in 38 digits, and must have their place in 64 bits again.
pub(super) fn checked(plan: LogicalPlan) -> Result<LogicalPlan, DataFusionError> {
    let sum = Arc::new(whole_sum::function());
    let checked = plan.transform_up_with_subqueries(|node| {
        let schema = merge_schema(&node.inputs());
        let names = NamePreserver::new(&node);
        node.map_expressions(|expression| {
            let name = names.save(&expression);
            let checked = expression.transform_up(|part| Ok(checked_part(part, &schema, &sum)))?;
            Ok(checked.update_data(|expression| name.restore(expression)))
        })
    });
    Ok(checked?.data)
}

fn checked_part(part: Expr, schema: &DFSchema, sum: &Arc<AggregateUDF>) -> Transformed<Expr> {
    // of a part that reads beyond its plan, the type is not known here
    let is_whole = |expression: &Expr| matches!(expression.get_type(schema), Ok(DataType::Int64));
    let wide = |expression: Expr| cast(expression, DataType::Decimal128(38, 0));
    match part {
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: op @ (Operator::Plus | Operator::Minus | Operator::Multiply),
            right,
        }) if is_whole(&left) && is_whole(&right) => {
            let wide = BinaryExpr::new(Box::new(wide(*left)), op, Box::new(wide(*right)));
            Transformed::yes(cast(Expr::BinaryExpr(wide), DataType::Int64))
        }
        Expr::AggregateFunction(mut function)
            if function.func.name() == "sum"
                && !function.params.distinct
                && function.params.args.iter().all(is_whole) =>
        {
            function.func = sum.clone();
            Transformed::yes(Expr::AggregateFunction(function))
        }
        part => Transformed::no(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_no_deep_question_and_a_long_sum_is() {
        let list = vec!["'C1'"; 50_000].join(", ");
        assert!(check(&format!("select 1 from items where customer_id in ({list})")).is_ok());
        for deep in ["1 + ", "1 = 1 or ", "(", "select 1 union ", "not "] {
            assert!(check(&deep.repeat(MOST_OPERATORS + 1)).is_err(), "{deep}");
        }
        assert!(check("no SQL ' at all").is_ok());
    }
}
