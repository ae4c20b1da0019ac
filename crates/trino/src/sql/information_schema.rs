//! `information_schema`: what a catalog has, as tables.

use std::{fmt, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, ListArray, StringArray},
    buffer::OffsetBuffer,
    datatypes::Field,
};
use async_trait::async_trait;
use datafusion::{
    catalog::{CatalogProvider, TableProvider},
    common::{Column, NullHandling, ScalarValue, UnnestOptions},
    datasource::{TableType, ViewTable},
    error::Result,
    execution::SessionState,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder},
};

use super::{
    SqlResult,
    error::{At, NOWHERE, of_catalog},
};
use crate::TrinoType;

/// Its name.
pub(super) const SCHEMA: &str = "information_schema";

/// Extension of a session's configuration: what a catalog says of its tables without a look at what they hold.
#[derive(Debug, Clone)]
pub struct TableDescriptions(pub Arc<dyn DescribeTables>);

/// Says which tables there are, and what they are like.
#[async_trait]
pub trait DescribeTables: fmt::Debug + Send + Sync {
    /// The tables and views of all schemas of a catalog; `None` of another's.
    async fn tables(&self, catalog: &str) -> Result<Option<Vec<TableDescription>>>;
}

/// A table or view.
#[derive(Debug, Clone, Default)]
pub struct TableDescription {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether it is a view.
    pub is_view: bool,
    /// The query of a view.
    pub definition: Option<String>,
    /// Its columns in their order.
    pub columns: Vec<ColumnDescription>,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct ColumnDescription {
    /// Its name.
    pub name: String,
    /// Trino's name of its type.
    pub of: String,
    /// What was said of it.
    pub comment: Option<String>,
    /// `partition key` if it is one.
    pub extra: Option<String>,
}

/// Columns in the order in which they are shown.
type Rows = Vec<(&'static str, ArrayRef)>;

/// One of the tables of `information_schema`, by the parts of a name; `None` if it is no such name.
pub(super) async fn table(state: &SessionState, parts: &[String]) -> SqlResult<Option<Arc<dyn TableProvider>>> {
    let default = state.config_options().catalog.default_catalog.clone();
    let (catalog, name) = match parts {
        [schema, name] if schema == SCHEMA => (&default, name.as_str()),
        [catalog, schema, name] if schema == SCHEMA => (catalog, name.as_str()),
        _ => return Ok(None),
    };
    let Some(known) = state.catalog_list().catalog(catalog) else { return Ok(None) };
    if !["schemata", "tables", "views", "columns"].contains(&name) {
        return Ok(None);
    }
    let described = described(state, catalog, known.as_ref()).await.map_err(|error| of_catalog(&error))?;
    let rows = match name {
        "tables" => tables(catalog, described),
        "views" => views(catalog, described),
        "columns" => columns(catalog, described),
        _ => schemata(catalog, known.as_ref()),
    };
    let plan = constant_rows(rows).at(NOWHERE)?;
    Ok(Some(Arc::new(ViewTable::new(plan, None))))
}

/// Rows as a plan that travels: lists of the values of each column that stand in it and are unfolded.
///
/// # Errors
/// If the columns have different lengths.
pub fn constant_rows(columns: Vec<(&str, ArrayRef)>) -> Result<LogicalPlan> {
    let lists = columns.into_iter().map(|(name, values)| {
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        let list = ListArray::try_new(item, OffsetBuffer::from_lengths([values.len()]), values, None)?;
        Ok(Expr::Literal(ScalarValue::List(Arc::new(list)), None).alias(name))
    });
    let lists = lists.collect::<Result<Vec<_>>>()?;
    let plan = LogicalPlanBuilder::empty(true).project(lists)?;
    let columns: Vec<_> =
        plan.schema().columns().into_iter().map(|column| Column::new_unqualified(column.name)).collect();
    let options = UnnestOptions { null_handling: NullHandling::Drop, ..UnnestOptions::default() };
    plan.unnest_columns_with_options(columns, options)?.build()
}

fn texts<T: Into<Option<String>>>(values: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(values.into_iter().map(Into::into).collect::<StringArray>())
}

/// Names of the schemas, this one among them.
fn schema_names(catalog: &dyn CatalogProvider) -> Vec<String> {
    let mut names = catalog.schema_names();
    names.push(SCHEMA.to_owned());
    names.sort();
    names.dedup();
    names
}

fn schemata(catalog: &str, known: &dyn CatalogProvider) -> Rows {
    let names = schema_names(known);
    vec![("catalog_name", texts(names.iter().map(|_| catalog.to_owned()))), ("schema_name", texts(names))]
}

/// The tables of a catalog but those of this schema: what the catalog says of them, or else what reading them says.
async fn described(state: &SessionState, catalog: &str, known: &dyn CatalogProvider) -> Result<Vec<TableDescription>> {
    let told = match state.config().get_extension::<TableDescriptions>() {
        Some(descriptions) => descriptions.0.tables(catalog).await?,
        None => None,
    };
    let mut tables = match told {
        Some(tables) => tables,
        None => read(known).await,
    };
    tables.sort_by(|one, other| (&one.schema, &one.name).cmp(&(&other.schema, &other.name)));
    Ok(tables)
}

async fn read(known: &dyn CatalogProvider) -> Vec<TableDescription> {
    let mut found = Vec::new();
    for schema in schema_names(known).into_iter().filter(|name| name != SCHEMA) {
        let Some(provider) = known.schema(&schema) else { continue };
        for name in provider.table_names() {
            // A table that cannot be read, such as a view whose query is wrong by now, shows no columns.
            let table = provider.table(&name).await.ok().flatten();
            let fields = table.as_ref().map(|table| table.schema());
            let column = |field: &Arc<Field>| ColumnDescription {
                name: field.name().to_lowercase(),
                of: TrinoType::of_field(field).to_string(),
                ..ColumnDescription::default()
            };
            found.push(TableDescription {
                schema: schema.clone(),
                is_view: table.as_ref().is_some_and(|table| table.table_type() == TableType::View),
                definition: table.as_ref().and_then(|table| table.get_table_definition().map(str::to_owned)),
                columns: fields.iter().flat_map(|fields| fields.fields().iter().map(column)).collect(),
                name,
            });
        }
    }
    found
}

fn tables(catalog: &str, described: Vec<TableDescription>) -> Rows {
    let own = ["columns", "schemata", "tables", "views"].map(|name| (SCHEMA.to_owned(), name.to_owned(), false));
    let all = described.into_iter().map(|table| (table.schema, table.name, table.is_view)).chain(own);
    let (mut schemas, mut names, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    for (schema, name, is_view) in all {
        kinds.push(if is_view { "VIEW" } else { "BASE TABLE" }.to_owned());
        schemas.push(schema);
        names.push(name);
    }
    vec![
        ("table_catalog", texts(names.iter().map(|_| catalog.to_owned()))),
        ("table_schema", texts(schemas)),
        ("table_name", texts(names)),
        ("table_type", texts(kinds)),
    ]
}

fn views(catalog: &str, described: Vec<TableDescription>) -> Rows {
    let (mut schemas, mut names, mut definitions) = (Vec::new(), Vec::new(), Vec::new());
    for view in described.into_iter().filter(|table| table.is_view) {
        schemas.push(view.schema);
        names.push(view.name);
        definitions.push(view.definition);
    }
    vec![
        ("table_catalog", texts(names.iter().map(|_| catalog.to_owned()))),
        ("table_schema", texts(schemas)),
        ("table_name", texts(names)),
        ("view_definition", texts(definitions)),
    ]
}

fn columns(catalog: &str, described: Vec<TableDescription>) -> Rows {
    let (mut schemas, mut tables, mut names, mut places) = (vec![], vec![], vec![], vec![]);
    let (mut types, mut comments, mut extras) = (vec![], vec![], vec![]);
    for table in described {
        for (place, column) in (1_i64..).zip(table.columns) {
            schemas.push(table.schema.clone());
            tables.push(table.name.clone());
            names.push(column.name);
            places.push(place);
            types.push(column.of);
            comments.push(column.comment);
            extras.push(column.extra);
        }
    }
    let rows = names.len();
    vec![
        ("table_catalog", texts(std::iter::repeat_n(catalog.to_owned(), rows))),
        ("table_schema", texts(schemas)),
        ("table_name", texts(tables)),
        ("column_name", texts(names)),
        ("ordinal_position", Arc::new(Int64Array::from(places))),
        ("column_default", texts(std::iter::repeat_n(None::<String>, rows))),
        ("is_nullable", texts(std::iter::repeat_n("YES".to_owned(), rows))),
        ("data_type", texts(types)),
        ("comment", texts(comments)),
        ("extra_info", texts(extras)),
    ]
}
