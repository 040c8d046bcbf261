//! What a header promises, held against the plan and the rows: sources, columns and kinds, key.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash, RandomState};

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use xxhash_rust::xxh3::Xxh3;

use super::header::Header;
use crate::model::{Answer, ColumnKind};

/// Says how a plan differs from its header, if it does.
pub(super) fn difference(header: &Header, plan: &LogicalPlan, views: &BTreeSet<String>) -> Option<String> {
    let read = tables_of(plan, views);
    let promised: BTreeSet<String> = header.sources.iter().cloned().collect();
    if read != promised {
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        return Some(format!("it reads {}; `source` says {}", list(&read), list(&promised)));
    }
    let schema = plan.schema();
    let found: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    let wanted: Vec<&String> = header.columns.iter().map(|(name, _, _)| name).collect();
    if found != wanted {
        return Some(format!("its columns are {found:?}; `columns` says {wanted:?}"));
    }
    let fields = schema.fields().iter().zip(&header.columns);
    fields
        .filter(|(field, (_, kind, _))| !holds(*kind, field.data_type()))
        .map(|(field, (name, kind, _))| {
            format!("column `{name}` is a {}; `columns` says {}", field.data_type(), kind.code())
        })
        .next()
}

/// The key columns of a row that comes twice, if one does.
pub(super) fn repeated_key(header: &Header, answer: &Answer) -> Option<String> {
    let positions: Vec<usize> = header.key.iter().filter_map(|name| answer.position(name)).collect();
    if positions.is_empty() {
        return None;
    }
    // of millions of keys their hashes are compared: that two of 128 bits meet by chance is less likely than a broken
    // machine, and nobody who writes a ledger knows the seed
    let seed = RandomState::new().hash_one(answer.len());
    let hash = |row: usize| {
        let mut hasher = Xxh3::with_seed(seed);
        for position in &positions {
            answer.at(row, *position).hash(&mut hasher);
        }
        hasher.digest128()
    };
    let mut hashes: Vec<u128> = (0..answer.len()).map(hash).collect();
    hashes.sort_unstable();
    let twice = hashes.windows(2).find(|pair| pair[0] == pair[1])?[0];
    let row = (0..answer.len()).find(|row| hash(*row) == twice)?;
    Some(positions.iter().map(|position| answer.at(row, *position).plain()).collect::<Vec<_>>().join(", "))
}

/// The tables and views a plan reads, by name, subqueries included.
fn tables_of(plan: &LogicalPlan, views: &BTreeSet<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let visited = plan.apply_with_subqueries(|node| match node {
        LogicalPlan::TableScan(scan) => {
            names.insert(scan.table_name.table().to_owned());
            Ok(TreeNodeRecursion::Continue)
        }
        // a view stands in the plan as what it reads, under its name
        LogicalPlan::SubqueryAlias(alias) if views.contains(alias.alias.table()) => {
            names.insert(alias.alias.table().to_owned());
            Ok(TreeNodeRecursion::Jump)
        }
        _ => Ok(TreeNodeRecursion::Continue),
    });
    debug_assert!(visited.is_ok(), "looking at a plan cannot fail");
    names
}

fn holds(kind: ColumnKind, found: &DataType) -> bool {
    match kind {
        ColumnKind::Text => matches!(found, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8),
        ColumnKind::Date => matches!(found, DataType::Date32),
        ColumnKind::Int => matches!(found, DataType::Int64),
        ColumnKind::Decimal => matches!(found, DataType::Decimal128(_, _)),
        ColumnKind::Money => matches!(found, DataType::Decimal128(_, 3)),
        ColumnKind::Ratio => matches!(found, DataType::Decimal128(_, 6)),
        ColumnKind::Flag => matches!(found, DataType::Boolean),
    }
}
