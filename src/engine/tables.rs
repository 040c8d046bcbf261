//! The files of a table as `DataFusion` reads them: a listing with the table's own schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::{MemTable, ViewTable, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlanBuilder;
use url::{Position, Url};

use crate::model::money::SCALE;
use crate::model::{ColumnKind, TableSpec};

/// The files of a table; no file is an empty table. Files of several stores (a load of a lake in a bucket reads what
/// waits on this machine beside what the bucket holds) are one table too.
pub(super) fn of_files(table: &TableSpec, files: &[Url]) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let schema = schema(table);
    let mut stores: BTreeMap<&str, Vec<&Url>> = BTreeMap::new();
    for file in files {
        stores.entry(&file[..Position::BeforePath]).or_default().push(file);
    }
    let mut listings = stores.into_values().map(|files| listing(&files, schema.clone()));
    let Some(first) = listings.next() else {
        return Ok(Arc::new(MemTable::try_new(schema, vec![vec![]])?));
    };
    let mut all: Arc<dyn TableProvider> = first?;
    for more in listings {
        let scan = |provider| LogicalPlanBuilder::scan(table.name, provider_as_source(provider), None);
        let both = scan(all)?.union(scan(more?)?.build()?)?.build()?;
        all = Arc::new(ViewTable::new(both, None));
    }
    Ok(all)
}

/// Files of one store as a table.
pub(super) fn listing(files: &[&Url], schema: SchemaRef) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let urls = files.iter().map(|file| ListingTableUrl::try_new((*file).clone(), None)).collect::<Result<_, _>>()?;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(schema);
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// The columns of a table. Texts lie one after the other, not as views: each join of views bears all that both sides
/// point to, which grows tenfold a join (2026-11-29: 155 s where plain texts take 1.3 s).
pub(super) fn schema(table: &TableSpec) -> SchemaRef {
    let fields: Vec<Field> = table
        .columns
        .iter()
        .map(|column| {
            let kind = match column.kind {
                ColumnKind::Text => DataType::Utf8,
                ColumnKind::Date => DataType::Date32,
                ColumnKind::Int => DataType::Int64,
                ColumnKind::Flag => DataType::Boolean,
                ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio => {
                    DataType::Decimal128(18, SCALE.cast_signed())
                }
            };
            Field::new(column.name, kind, true)
        })
        .collect();
    Arc::new(Schema::new(fields))
}
