//! What the door tells of the catalog and of itself.

use std::sync::LazyLock;

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Field, Schema},
};
use arrow_flight::{
    error::{FlightError, Result},
    sql::{
        CommandGetDbSchemas, CommandGetTables, SqlInfo,
        metadata::{SqlInfoData, SqlInfoDataBuilder},
    },
};
use catalog::{CATALOG, Catalog, TableEntry, hive_type::arrow_type};

/// What a client may ask about the service itself.
pub(super) static SQL_INFO: LazyLock<Option<SqlInfoData>> = LazyLock::new(|| {
    let mut infos = SqlInfoDataBuilder::new();
    infos.append(SqlInfo::FlightSqlServerName, "Segue");
    infos.append(SqlInfo::FlightSqlServerVersion, env!("CARGO_PKG_VERSION"));
    infos.append(SqlInfo::FlightSqlServerArrowVersion, "1.3");
    infos.append(SqlInfo::FlightSqlServerReadOnly, false);
    infos.append(SqlInfo::FlightSqlServerSql, true);
    infos.append(SqlInfo::FlightSqlServerSubstrait, false);
    infos.append(SqlInfo::FlightSqlServerTransaction, 0_i32);
    infos.append(SqlInfo::FlightSqlServerCancel, false);
    infos.append(SqlInfo::SqlIdentifierQuoteChar, "\"");
    infos.append(SqlInfo::SqlDdlCatalog, false);
    infos.append(SqlInfo::SqlDdlSchema, true);
    infos.append(SqlInfo::SqlDdlTable, true);
    infos.build().ok()
});

pub(super) async fn schemas(catalog: &Catalog, asked: CommandGetDbSchemas) -> Result<RecordBatch> {
    let mut rows = asked.into_builder();
    for database in catalog.databases().await.map_err(external)? {
        rows.append(CATALOG, database.name);
    }
    rows.build()
}

pub(super) async fn tables(catalog: &Catalog, asked: CommandGetTables) -> Result<RecordBatch> {
    let mut rows = asked.into_builder();
    for database in catalog.databases().await.map_err(external)? {
        for table in catalog.tables(&database.name).await.map_err(external)? {
            let kind = if table.is_view() { "VIEW" } else { "TABLE" };
            rows.append(CATALOG, &database.name, &table.input.name, kind, &schema_of(&table))?;
        }
    }
    rows.build()
}

/// The columns as the catalog has them; one of a type that is not known is a text.
fn schema_of(table: &TableEntry) -> Schema {
    let own = table.input.storage_descriptor.iter().flat_map(|storage| &storage.columns);
    let fields = own.chain(&table.input.partition_keys).map(|column| {
        let of = arrow_type(&column.kind).unwrap_or(DataType::Utf8);
        Field::new(&column.name, of, true)
    });
    Schema::new(fields.collect::<Vec<_>>())
}

fn external(error: catalog::Error) -> FlightError {
    FlightError::ExternalError(Box::new(error))
}
