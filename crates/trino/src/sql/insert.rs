//! `INSERT INTO table (columns) query`.

use datafusion::{
    common::{ScalarValue, TableReference},
    datasource::provider_as_source,
    execution::SessionState,
    logical_expr::{Expr as Engine, LogicalPlan, LogicalPlanBuilder, cast, dml::InsertOp},
    sql::sqlparser::{
        ast::{Insert, ObjectName, Spanned, Statement, TableObject},
        parser::Parser,
    },
};

use super::{
    SqlResult, TrinoDialect,
    error::{At, NOWHERE, Place, error, of_catalog, refuse, start},
    planner::{Planner, parts},
    scope::NO_NAMES,
    written::in_place,
};
use crate::{ErrorName, TrinoType};

/// Plans the insertion of a query's rows into a table. `before` is what stands before the query: `INSERT INTO t (a, b)`.
///
/// # Errors
/// What is wrong with the query; `TYPE_MISMATCH` if its columns do not fit those of the table, which are converted like
/// operands are.
pub async fn plan_insert(state: &SessionState, before: &str, query: &str) -> SqlResult<LogicalPlan> {
    let insert = head(before)?;
    let TableObject::TableName(name) = &insert.table else { return refuse(NOWHERE, "this form of INSERT") };
    let at = start(name.span());
    let (reference, table) = target(state, name, at).await?;
    let fields = table.schema();
    let wanted: Vec<_> = match insert.columns.as_slice() {
        [] => (0..fields.fields().len()).collect(),
        columns => columns
            .iter()
            .map(|column| {
                let called = parts(column).pop().unwrap_or_default();
                let place = fields.fields().iter().position(|field| field.name().to_lowercase() == called);
                match place {
                    Some(place) => Ok(place),
                    None => {
                        let message = format!("Insert column name does not exist in target table: {called}");
                        error(ErrorName::ColumnNotFound, start(column.span()), message)
                    }
                }
            })
            .collect::<SqlResult<_>>()?,
    };
    let text = in_place(before, query);
    let (planner, query) = Planner::of(state, &text).await?;
    let relation = planner.query(&query, &NO_NAMES)?;
    let types: Vec<_> = wanted.iter().map(|place| TrinoType::of_field(fields.field(*place))).collect();
    let own: Vec<_> = relation.fields.iter().map(|field| field.of.clone()).collect();
    if own.len() != types.len() {
        return mismatch(&types, &own, at);
    }
    let mut columns: Vec<Option<Engine>> = vec![None; fields.fields().len()];
    for ((place, field), of) in wanted.iter().zip(&relation.fields).zip(&types) {
        let Ok(value) = planner.coerce(field.typed(NOWHERE), of) else { return mismatch(&types, &own, at) };
        let column = fields.field(*place);
        let value = if of.data_type() == *column.data_type() {
            value.expr
        } else {
            cast(value.expr, column.data_type().clone())
        };
        if columns[*place].replace(value.alias(column.name())).is_some() {
            let message = format!("Insert column name is specified more than once: {}", column.name());
            return error(ErrorName::SyntaxError, at, message);
        }
    }
    let columns = columns.into_iter().zip(fields.fields()).map(|(column, field)| match column {
        Some(column) => Ok(column),
        None => {
            let null = ScalarValue::try_from(field.data_type()).at(at)?;
            Ok(Engine::Literal(null, None).alias(field.name()))
        }
    });
    let columns = columns.collect::<SqlResult<Vec<_>>>()?;
    let rows = LogicalPlanBuilder::from(relation.plan).project(columns).and_then(LogicalPlanBuilder::build).at(at)?;
    let rows = planner.decorrelated_query(rows)?;
    let plan = LogicalPlanBuilder::insert_into(rows, reference, provider_as_source(table), InsertOp::Append);
    plan.and_then(LogicalPlanBuilder::build).at(at)
}

/// What `INSERT INTO t (a, b)` says.
fn head(before: &str) -> SqlResult<Insert> {
    let parsed = Parser::parse_sql(&TrinoDialect, &format!("{before} SELECT 1"));
    let Ok([Statement::Insert(insert)]) = parsed.as_deref() else {
        return error(ErrorName::SyntaxError, Place::new(1, 1), "Expecting: INSERT INTO <table> [(<columns>)] <query>");
    };
    let is_plain = insert.into
        && insert.or.is_none()
        && !insert.ignore
        && !insert.overwrite
        && !insert.replace_into
        && insert.table_alias.is_none()
        && insert.partitioned.is_none()
        && insert.on.is_none()
        && insert.returning.is_none();
    if is_plain { Ok(insert.clone()) } else { refuse(Place::new(1, 1), "this form of INSERT") }
}

type Target = (TableReference, std::sync::Arc<dyn datafusion::catalog::TableProvider>);

async fn target(state: &SessionState, name: &ObjectName, at: Place) -> SqlResult<Target> {
    let parts = parts(name);
    let reference = match parts.as_slice() {
        [table] => TableReference::bare(table.as_str()),
        [schema, table] => TableReference::partial(schema.as_str(), table.as_str()),
        [catalog, schema, table] => TableReference::full(catalog.as_str(), schema.as_str(), table.as_str()),
        _ => return error(ErrorName::SyntaxError, at, format!("Too many parts in table name: {}", parts.join("."))),
    };
    if let Ok(schema) = state.schema_for_ref(reference.clone())
        && let Some(table) = schema.table(reference.table()).await.map_err(|error| of_catalog(&error))?
    {
        return Ok((reference, table));
    }
    error(ErrorName::TableNotFound, at, format!("Table '{}' does not exist", parts.join(".")))
}

fn mismatch<T>(table: &[TrinoType], query: &[TrinoType], at: Place) -> SqlResult<T> {
    let shown = |types: &[TrinoType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let message =
        format!("Insert query has mismatched column types: Table: [{}], Query: [{}]", shown(table), shown(query));
    error(ErrorName::TypeMismatch, at, message)
}
