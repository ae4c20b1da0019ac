//! Views: queries under a name, kept as Athena keeps them, so that other readers of the catalog understand them.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use athena::glue::{Column, StorageDescriptor, TableInput};
use datafusion::{
    catalog::{Session, TableProvider},
    datasource::{TableType, ViewTable},
    error::{DataFusionError, Result},
    execution::SessionState,
    logical_expr::{Expr, LogicalPlan, TableProviderFilterPushDown},
    physical_plan::ExecutionPlan,
};
use serde::{Deserialize, Serialize};
use trino::ErrorName;

use super::schema::external_error;
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{CATALOG, TableEntry};

const BEFORE: &str = "/* Presto View: ";
const AFTER: &str = " */";

/// What a view is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewText {
    /// Its query.
    pub original_sql: String,
    /// The catalog in which names of the query stand.
    pub catalog: String,
    /// The database in which names of the query stand.
    pub schema: String,
    /// Its columns.
    pub columns: Vec<ViewColumn>,
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewColumn {
    /// Its name.
    pub name: String,
    /// Trino's name of its type.
    #[serde(rename = "type")]
    pub kind: String,
}

impl ViewText {
    /// What a table of the catalog says of a view, if it is one that can be read.
    #[must_use]
    pub fn of(table: &TableEntry) -> Option<Self> {
        let text = table.input.view_original_text.as_deref()?;
        let encoded = text.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
        serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()
    }
}

/// The catalog's entry of a view, with its columns under Hive's type names.
///
/// # Errors
/// If the text cannot be written down.
pub fn view_table(name: &str, text: &ViewText, columns: Vec<Column>) -> Result<TableInput> {
    let body = serde_json::to_vec(text).map_err(external_error)?;
    Ok(TableInput {
        name: name.to_owned(),
        table_type: Some("VIRTUAL_VIEW".to_owned()),
        view_original_text: Some(format!("{BEFORE}{}{AFTER}", STANDARD.encode(&body))),
        view_expanded_text: Some("/* Presto View */".to_owned()),
        storage_descriptor: Some(StorageDescriptor {
            columns,
            location: Some(String::new()),
            ..StorageDescriptor::default()
        }),
        parameters: BTreeMap::from([
            ("presto_view".to_owned(), "true".to_owned()),
            ("comment".to_owned(), "Presto View".to_owned()),
        ]),
        ..TableInput::default()
    })
}

/// Plans a view's query with its own default database.
pub(super) async fn provider(table: &TableEntry, state: &SessionState) -> Result<Arc<dyn TableProvider>> {
    let text = ViewText::of(table).ok_or_else(|| {
        DataFusionError::Plan(format!(
            "the view `{}.{}` is kept in a form that is not known: create it again",
            table.database, table.input.name
        ))
    })?;
    let mut state = state.clone();
    let options = state.config_mut().options_mut();
    options.catalog.default_catalog = CATALOG.to_owned();
    options.catalog.default_schema = text.schema.to_lowercase();
    let planned = trino::sql::plan(&state, &text.original_sql).await;
    let planned = planned.and_then(|planned| {
        let types: Vec<_> = planned.columns.iter().map(|(_, of)| of.clone()).collect();
        Ok((planned.under_its_names()?, types))
    });
    let (plan, types) = planned.map_err(|error| {
        let view = format!("{CATALOG}.{}.{}", table.database, table.input.name);
        ErrorName::InvalidView.error(format!("Failed analyzing stored view '{view}': {error}"))
    })?;
    let named = plan.schema().fields().iter().zip(types);
    let schema = Schema::new(named.map(|(field, of)| of.field(field.name(), true)).collect::<Vec<_>>());
    Ok(Arc::new(View { query: ViewTable::new(plan, Some(text.original_sql)), schema: Arc::new(schema) }))
}

/// A view whose schema has notes on what plans do not keep: that a text is JSON, or how long it may be.
#[derive(Debug)]
struct View {
    query: ViewTable,
    schema: SchemaRef,
}

#[async_trait]
impl TableProvider for View {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn get_table_definition(&self) -> Option<&str> {
        self.query.get_table_definition()
    }

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        self.query.get_logical_plan()
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.query.supports_filters_pushdown(filters)
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.query.scan(state, projection, filters, limit).await
    }
}
