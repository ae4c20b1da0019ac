//! What is known while a query is planned.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    ops::ControlFlow,
    sync::Arc,
};

use datafusion::{
    catalog::TableProvider,
    common::TableReference,
    datasource::provider_as_source,
    execution::SessionState,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder},
    sql::sqlparser::ast::{ObjectName, Query, visit_expressions, visit_relations},
};

use super::{
    SqlResult,
    error::{At, NOWHERE, Place, error, of_catalog},
    information_schema,
    parse::parsed,
    scope::{NO_NAMES, Relation},
    table_function::table_argument,
    tokens::{Tokens, name},
};
use crate::{ErrorName, TrinoType};

/// A query that was planned.
#[derive(Debug, Clone)]
pub struct Planned {
    /// What the engine does. Its columns may be called otherwise than the query's: the engine takes no name twice.
    pub plan: LogicalPlan,
    /// Names and types of the columns as Athena shows them.
    pub columns: Vec<(String, TrinoType)>,
}

impl Planned {
    /// The plan with its columns under their names.
    ///
    /// # Errors
    /// `DUPLICATE_COLUMN_NAME` if two have the same.
    pub fn under_its_names(self) -> SqlResult<LogicalPlan> {
        let mut seen = HashSet::new();
        for (name, _) in &self.columns {
            if !seen.insert(name) {
                let message = format!("Column name '{name}' specified more than once");
                return error(ErrorName::DuplicateColumnName, NOWHERE, message);
            }
        }
        let columns = self.plan.schema().columns().into_iter().zip(&self.columns);
        let named: Vec<Expr> = columns.map(|(column, (name, _))| Expr::Column(column).alias(name)).collect();
        LogicalPlanBuilder::from(self.plan).project(named).and_then(LogicalPlanBuilder::build).at(NOWHERE)
    }
}

/// Plans a query for a session that knows Trino's [functions](crate::functions::functions).
///
/// # Errors
/// What is wrong with the query, or `NOT_SUPPORTED` for what would not be answered as Trino does.
pub async fn plan(state: &SessionState, sql: &str) -> SqlResult<Planned> {
    let (planner, query) = Planner::of(state, sql).await?;
    let relation = planner.query(&query, &NO_NAMES)?;
    let columns = relation.fields.iter().enumerate().map(|(at, field)| {
        let name = field.name.clone().unwrap_or_else(|| format!("_col{at}"));
        (name, field.of.clone())
    });
    let columns = columns.collect();
    Ok(Planned { columns, plan: planner.decorrelated_query(relation.plan)? })
}

/// Tables of the catalog that a query may name, by their names as they are written in lower case.
type Tables = HashMap<Vec<String>, (TableReference, Arc<dyn TableProvider>)>;

async fn tables(state: &SessionState, query: &Query) -> SqlResult<Tables> {
    let mut names = Vec::new();
    // Nothing breaks off.
    let _ = visit_relations(query, |relation| {
        names.push(parts(relation));
        ControlFlow::<()>::Continue(())
    });
    let _ = visit_expressions(query, |expr| {
        names.extend(table_argument(expr).map(|table| parts(&table)));
        ControlFlow::<()>::Continue(())
    });
    let mut tables = Tables::new();
    for parts in names {
        let reference = match parts.as_slice() {
            [table] => TableReference::bare(table.as_str()),
            [schema, table] => TableReference::partial(schema.as_str(), table.as_str()),
            [catalog, schema, table] => TableReference::full(catalog.as_str(), schema.as_str(), table.as_str()),
            _ => continue,
        };
        if let Some(table) = information_schema::table(state, &parts).await? {
            tables.insert(parts, (reference, table));
            continue;
        }
        // The engine has a schema of that name in every catalog, also in those that are not there.
        if parts.iter().rev().nth(1).is_some_and(|schema| schema == information_schema::SCHEMA) {
            continue;
        }
        let Ok(schema) = state.schema_for_ref(reference.clone()) else { continue };
        let table = parts.last().map_or("", String::as_str);
        let mut found = schema.table(table).await.map_err(|error| of_catalog(&error))?;
        if found.is_none() {
            let known = schema.table_names();
            let other = known.iter().find(|known| known.to_lowercase() == table);
            if let Some(other) = other {
                found = schema.table(other).await.map_err(|error| of_catalog(&error))?;
            }
        }
        if let Some(found) = found {
            tables.insert(parts, (reference, found));
        }
    }
    Ok(tables)
}

/// The parts of a name, in lower case.
pub(super) fn parts(of: &ObjectName) -> Vec<String> {
    of.0.iter().map(|part| part.as_ident().map_or_else(|| part.to_string().to_lowercase(), name)).collect()
}

/// The planner of one query.
pub(super) struct Planner<'p> {
    pub(super) state: &'p SessionState,
    pub(super) tokens: Tokens,
    tables: Tables,
    /// Queries of WITH, the innermost last.
    pub(super) named: RefCell<Vec<(String, Relation)>>,
    counter: Cell<usize>,
}

impl<'p> Planner<'p> {
    /// The planner of a query, and the query.
    pub(super) async fn of(state: &'p SessionState, sql: &str) -> SqlResult<(Self, Query)> {
        let (query, tokens) = parsed(sql)?;
        let tables = tables(state, &query).await?;
        Ok((Self { state, tokens, tables, named: RefCell::default(), counter: Cell::new(0) }, query))
    }

    /// A planner of values that no text names.
    pub(super) fn of_no_text(state: &'p SessionState) -> Self {
        let (tokens, tables) = (Tokens::default(), Tables::new());
        Self { state, tokens, tables, named: RefCell::default(), counter: Cell::new(0) }
    }
}

impl Planner<'_> {
    /// A name that nothing else in the query has.
    pub(super) fn unique(&self, prefix: &str) -> String {
        self.counter.set(self.counter.get() + 1);
        format!("{prefix}${}", self.counter.get())
    }

    /// The plan of a table, of a query of WITH or of a view.
    pub(super) fn table(&self, of: &ObjectName, at: Place) -> SqlResult<Relation> {
        let parts = parts(of);
        if let [single] = parts.as_slice() {
            let named = self.named.borrow();
            if let Some((_, found)) = named.iter().rev().find(|(name, _)| name == single) {
                return self.under(found.clone(), std::slice::from_ref(single), single);
            }
        }
        let Some((reference, provider)) = self.tables.get(&parts) else {
            return self.no_table(&parts, at);
        };
        let source = provider_as_source(Arc::clone(provider));
        let plan =
            LogicalPlanBuilder::scan(reference.clone(), source, None).and_then(LogicalPlanBuilder::build).at(at)?;
        let names = plan.schema().fields().iter().map(|field| Some(field.name().to_lowercase())).collect();
        let mut relation = Relation::new(plan, &parts, names, true);
        // What a view's query does not keep, such as the length of a text, its table says.
        let noted = provider.schema();
        for (field, noted) in relation.fields.iter_mut().zip(noted.fields()) {
            field.of = TrinoType::of_field(noted);
        }
        self.under(relation, &parts, reference.table())
    }

    fn no_table<T>(&self, parts: &[String], at: Place) -> SqlResult<T> {
        let defaults = &self.state.config_options().catalog;
        let (catalog, schema, table) = match parts {
            [table] => (&defaults.default_catalog, &defaults.default_schema, table),
            [schema, table] => (&defaults.default_catalog, schema, table),
            [catalog, schema, table] => (catalog, schema, table),
            _ => {
                return error(ErrorName::SyntaxError, at, format!("Too many parts in table name: {}", parts.join(".")));
            }
        };
        let Some(known) = self.state.catalog_list().catalog(catalog) else {
            return error(ErrorName::CatalogNotFound, at, format!("Catalog '{catalog}' does not exist"));
        };
        if known.schema(schema).is_none() && schema != information_schema::SCHEMA {
            return error(ErrorName::SchemaNotFound, at, format!("Schema '{schema}' does not exist"));
        }
        error(ErrorName::TableNotFound, at, format!("Table '{catalog}.{schema}.{table}' does not exist"))
    }

    /// The same columns under a qualifier that nothing else in the query has.
    pub(super) fn under(&self, relation: Relation, named: &[String], alias: &str) -> SqlResult<Relation> {
        let qualifier = TableReference::bare(self.unique(alias));
        let plan =
            LogicalPlanBuilder::from(relation.plan).alias(qualifier).and_then(LogicalPlanBuilder::build).at(NOWHERE)?;
        let columns = plan.schema().columns();
        let fields = relation.fields.into_iter().zip(columns).map(|(mut field, column)| {
            field.column = column;
            field.relation = named.to_vec();
            field
        });
        Ok(Relation { fields: fields.collect(), plan })
    }
}
