//! Athena's SQL for callers that take typed rows as they come, and no files.

use std::sync::Arc;

use arrow::{
    array::AsArray,
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, UInt64Type},
};
use athena::{
    signature::Permission,
    wire::{EngineVersion, QueryExecution, QueryExecutionContext, QueryExecutionStatistics, QueryExecutionStatus},
};
use catalog::{LAKE_DATABASE, provider::SessionCatalog};
use cluster::Job;
use datafusion::{
    catalog::{CatalogProvider, TableProvider},
    common::{Constraints, TableReference},
    execution::SendableRecordBatchStream,
    logical_expr::{CreateMemoryTable, DdlStatement, Expr, LogicalPlan, LogicalPlanBuilder},
    physical_plan::stream::RecordBatchStreamAdapter,
    prelude::SessionContext,
};
use futures::{FutureExt, StreamExt, TryStreamExt};
use tokio::sync::watch;
use udfs::{lake_table::LakeSchemaProvider, writes::parallel_writes};
use uuid::Uuid;

use crate::{
    Answer, Service,
    error::{QueryError, QueryResult},
    execute::{self, Caller, Task},
    local_buckets,
    queries::ResultLocation,
    sql::{PlannedQuery, plan, statement_of, with_parameters},
    statement::{Statement, TableName},
};

/// The engine's own names of what it calls default.
const ENGINE_CATALOG: &str = "datafusion";
const ENGINE_SCHEMA: &str = "public";
/// The workgroup in whose turn statements run that name none.
const WORK_GROUP: &str = "primary";

/// Runs statements in Athena's SQL, on the catalog and the cluster of an endpoint.
#[derive(Debug, Clone)]
pub struct StatementRunner {
    service: Arc<Service>,
    database: String,
    permission: Permission,
    tables: Vec<(String, Arc<dyn TableProvider>)>,
}

impl StatementRunner {
    /// A runner who may do everything, with the lake's database as the default one.
    #[must_use]
    pub fn new(service: Arc<Service>) -> Self {
        Self { service, database: LAKE_DATABASE.to_owned(), permission: Permission::Admin, tables: Vec::new() }
    }

    /// Takes names without a database for those of this one.
    #[must_use]
    pub fn with_database(mut self, database: &str) -> Self {
        self.database = database.to_lowercase();
        self
    }

    /// Lets statements do no more than the holder of a key may.
    #[must_use]
    pub fn with_permission(mut self, permission: Permission) -> Self {
        self.permission = permission;
        self
    }

    /// Adds a table that statements find in the default database and nobody else sees.
    #[must_use]
    pub fn with_table(mut self, name: &str, table: Arc<dyn TableProvider>) -> Self {
        self.tables.push((name.to_owned(), table));
        self
    }

    /// The database of names without one.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Takes names without a database for those of this one.
    ///
    /// # Errors
    /// `SCHEMA_NOT_FOUND` if there is no such database.
    pub async fn use_database(&mut self, name: &str) -> Result<(), QueryError> {
        self.database = self.service.catalog().database(&name.to_lowercase()).await?.name;
        Ok(())
    }

    /// The service that it runs on.
    #[must_use]
    pub fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// Runs a statement. What writes has written when this returns; the job of a query ends when its rows are dropped.
    ///
    /// # Errors
    /// What is wrong with the statement, or why it failed, by Athena's name.
    pub async fn run(&self, sql: &str, parameters: &[String]) -> Result<Answer, QueryError> {
        // Boxed, as callers' futures would be too deep for the compiler with all of this within them.
        self.run_statement(sql, parameters).boxed().await
    }

    async fn run_statement(&self, sql: &str, parameters: &[String]) -> QueryResult<Answer> {
        let (text, replace) = without_replace(sql)?;
        let statement = statement_of(&text)?;
        if statement.changes() && self.permission < Permission::Write {
            let message = "The key may query and not change: this statement needs a key with permission write";
            return Err(QueryError::new("PERMISSION_DENIED", message));
        }
        let ticket = self.service.queue.enter(WORK_GROUP);
        let mut ticket = ticket.ok_or_else(|| QueryError::new("QUERY_QUEUE_FULL", "Too many queries are waiting"))?;
        let slot = ticket.turn().await.ok_or_else(|| QueryError::internal("the queue has ended"))?;
        let (_switch, stopped) = watch::channel(false);
        let task = self.task(&text, parameters, stopped)?;
        local_buckets::provide(&self.service, &task.execution)?;
        match statement {
            Statement::CreateTableAs { table, if_not_exists, properties, query, with_data }
                if self.is_of_lake(&table) && properties.is_empty() && with_data =>
            {
                self.make_table(&task, &table, if_not_exists, replace, &query).await
            }
            _ if replace => {
                Err(QueryError::not_supported("not supported: CREATE OR REPLACE of a table outside the lake"))
            }
            Statement::CreateTableAs { ref properties, .. }
                if task.location.text.is_empty() && !properties.contains_key("external_location") =>
            {
                let message = "the table needs a place: add WITH (external_location = 's3://bucket/folder/')";
                Err(QueryError::new("GENERIC_USER_ERROR", message))
            }
            other => {
                execute::execute(&task, other).await?;
                let answer = task.caller.as_ref().map(Caller::take).unwrap_or_default();
                Ok(match answer {
                    Answer::Rows(rows) => Answer::Rows(holding(rows, slot)),
                    other => other,
                })
            }
        }
    }

    /// The columns of a query's rows, without running it; [`None`] for other statements.
    ///
    /// # Errors
    /// What is wrong with the query.
    pub async fn describe(&self, sql: &str, parameters: &[String]) -> Result<Option<SchemaRef>, QueryError> {
        self.columns_of(sql, parameters).boxed().await
    }

    async fn columns_of(&self, sql: &str, parameters: &[String]) -> QueryResult<Option<SchemaRef>> {
        let Statement::Query { sql } = statement_of(&without_replace(sql)?.0)? else { return Ok(None) };
        let sql = with_parameters(&sql, parameters)?;
        let (_switch, stopped) = watch::channel(false);
        let task = self.task(&sql, parameters, stopped)?;
        let planned = plan(&task.session().await?, &sql).await?;
        let fields = planned.plan.schema().fields().iter().zip(planned.names);
        let fields: Vec<Field> =
            fields.map(|(field, name)| Field::new(name, field.data_type().clone(), true)).collect();
        Ok(Some(Arc::new(Schema::new(fields))))
    }

    /// Whether a text is a statement, before anything is looked up.
    ///
    /// # Errors
    /// `MALFORMED_QUERY` with the place.
    pub fn check(sql: &str) -> Result<(), QueryError> {
        statement_of(sql).map(drop)
    }

    /// How many values a statement wants: those that question marks stand for.
    ///
    /// # Errors
    /// `MALFORMED_QUERY` if the text is not made of tokens.
    pub fn parameters(&self, sql: &str) -> Result<usize, QueryError> {
        use datafusion::sql::sqlparser::tokenizer::Token;
        let tokens = crate::statement::Tokens::of(sql)?;
        Ok(tokens.all().iter().filter(|token| matches!(&token.token, Token::Placeholder(mark) if mark == "?")).count())
    }

    /// A session in the engine's own dialect, where names without a schema stand for tables of the lake.
    ///
    /// # Errors
    /// If the session cannot be made, or catalog or lake cannot be read.
    pub async fn engine_session(&self) -> Result<SessionContext, QueryError> {
        self.session_of_engine().boxed().await
    }

    async fn session_of_engine(&self) -> QueryResult<SessionContext> {
        let (places, catalog) = (&self.service.places, self.service.catalog());
        let internal = |error: &dyn std::error::Error| QueryError::internal(error.to_string());
        local_buckets::provide_existing(&self.service).map_err(|error| internal(&error))?;
        let context = cluster::connect(&places.cluster, &places.engine, Arc::clone(&places.stores)).await;
        let context = context.map_err(|error| internal(&error))?;
        let engine =
            context.catalog(ENGINE_CATALOG).ok_or_else(|| QueryError::internal("the session has no catalog"))?;
        let (stores, disk) = (Arc::clone(&places.stores), self.service.allows_disk());
        let databases = SessionCatalog::install(catalog, stores, &context, LAKE_DATABASE, disk).await?;
        let register = |name: &str, schema| engine.register_schema(name, schema).map_err(|error| internal(&error));
        for name in databases.schema_names() {
            if let Some(schema) = databases.schema(&name) {
                register(&name, schema)?;
            }
        }
        if let Some(lake) = catalog.lake() {
            let tables = LakeSchemaProvider::try_new(lake.clone()).await.map_err(|error| internal(&error))?;
            register(ENGINE_SCHEMA, Arc::new(tables))?;
        }
        {
            let state = context.state_ref();
            let mut state = state.write();
            let options = &mut state.config_mut().options_mut().catalog;
            (options.default_catalog, options.default_schema) = (ENGINE_CATALOG.to_owned(), ENGINE_SCHEMA.to_owned());
        }
        for (name, table) in &self.tables {
            context.register_table(name.as_str(), Arc::clone(table)).map_err(|error| internal(&error))?;
        }
        Ok(context)
    }

    fn is_of_lake(&self, table: &TableName) -> bool {
        self.service.catalog().lake().is_some() && table.database.as_ref().unwrap_or(&self.database) == LAKE_DATABASE
    }

    fn task(&self, sql: &str, parameters: &[String], stopped: watch::Receiver<bool>) -> QueryResult<Task> {
        let location = match self.service.options.output_location.as_deref() {
            Some(text) => ResultLocation::parse(text).map_err(|error| QueryError::internal(error.message))?,
            None => ResultLocation { text: String::new() },
        };
        let execution = QueryExecution {
            query_execution_id: Uuid::new_v4().to_string(),
            query: sql.to_owned(),
            statement_type: None,
            substatement_type: None,
            result_configuration: athena::wire::ResultConfiguration::default(),
            result_reuse_configuration: None,
            query_execution_context: QueryExecutionContext { database: Some(self.database.clone()), catalog: None },
            status: QueryExecutionStatus::default(),
            statistics: QueryExecutionStatistics::default(),
            work_group: WORK_GROUP.to_owned(),
            engine_version: EngineVersion::default(),
            execution_parameters: Some(parameters.to_vec()),
        };
        let caller = Some(Caller::new(self.tables.clone()));
        Ok(Task { service: Arc::clone(&self.service), execution, location, stopped, caller, cutoff_bytes: None })
    }

    /// Makes a table of the lake of a query's rows.
    async fn make_table(
        &self,
        task: &Task,
        table: &TableName,
        if_not_exists: bool,
        or_replace: bool,
        query: &str,
    ) -> QueryResult<Answer> {
        let name = &table.table;
        let lake = self.service.catalog().lake().ok_or_else(|| QueryError::internal("there is no lake"))?;
        match self.service.catalog().table(LAKE_DATABASE, name).await {
            Ok(_) if if_not_exists => return Ok(Answer::Done),
            Ok(found) if !or_replace || !found.in_lake => {
                let message = format!("Destination table '{}.{LAKE_DATABASE}.{name}' already exists", catalog::CATALOG);
                return Err(QueryError::new("TABLE_ALREADY_EXISTS", message).at_word(&task.execution.query, name));
            }
            Ok(_) | Err(catalog::Error::NoSuchTable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let session = task.session().await?;
        let sql = with_parameters(query, &task.execution.execution_parameters.clone().unwrap_or_default())?;
        let failed = |error| QueryError::of_engine(&error, &sql);
        let input = Arc::new(under_its_names(plan(&session, &sql).await?, &sql)?);
        let create = LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(CreateMemoryTable {
            name: TableReference::bare(name.as_str()),
            constraints: Constraints::default(),
            input,
            if_not_exists,
            or_replace,
            column_defaults: Vec::new(),
            temporary: false,
        }));
        let write = parallel_writes(create, lake).await.map_err(failed)?;
        let rows = Job::plan(&session.context, write).await.map_err(failed)?.into_rows();
        written(rows).await.map(Answer::Wrote).map_err(failed)
    }
}

/// The query's plan with columns under the names that it gives them, each of which must be one.
fn under_its_names(planned: PlannedQuery, sql: &str) -> QueryResult<LogicalPlan> {
    let mut columns = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for (column, name) in planned.plan.schema().columns().into_iter().zip(planned.names) {
        let name = name.to_lowercase();
        if name.starts_with("_col") {
            return Err(QueryError::new("MISSING_COLUMN_NAME", "Column name not specified").at_word(sql, "SELECT"));
        }
        if seen.contains(&name) {
            let message = format!("Column name '{name}' specified more than once");
            return Err(QueryError::new("DUPLICATE_COLUMN_NAME", message).at_word(sql, &name));
        }
        columns.push(Expr::Column(column).alias(&name));
        seen.push(name);
    }
    let named = LogicalPlanBuilder::from(planned.plan).project(columns).and_then(LogicalPlanBuilder::build);
    named.map_err(|error| QueryError::of_engine(&error, sql))
}

/// How many rows a write says that it wrote.
async fn written(mut rows: SendableRecordBatchStream) -> datafusion::error::Result<u64> {
    let mut count = 0;
    while let Some(batch) = rows.try_next().await? {
        if batch.num_rows() == 0 {
            continue;
        }
        count += match batch.column(0).data_type() {
            DataType::UInt64 => batch.column(0).as_primitive::<UInt64Type>().value(0),
            DataType::Int64 => u64::try_from(batch.column(0).as_primitive::<Int64Type>().value(0)).unwrap_or_default(),
            _ => 0,
        };
    }
    Ok(count)
}

/// Rows that keep something until they are dropped.
fn holding<T: Send + 'static>(rows: SendableRecordBatchStream, kept: T) -> SendableRecordBatchStream {
    let schema = rows.schema();
    let rows = rows.map(move |batch| {
        let _kept = &kept;
        batch
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, rows))
}

/// The text with blanks for `OR REPLACE` where it makes a table, which Athena does not have, and whether it stood there.
fn without_replace(sql: &str) -> QueryResult<(String, bool)> {
    use datafusion::sql::sqlparser::tokenizer::TokenWithSpan;
    let tokens = crate::statement::Tokens::of(sql)?;
    if !tokens.looks_like(&["CREATE", "OR", "REPLACE", "TABLE"]) {
        return Ok((sql.to_owned(), false));
    }
    let place = |token: &TokenWithSpan, end: bool| {
        crate::statement::offset_of(sql, if end { token.span.end } else { token.span.start })
    };
    let (from, to) = (place(&tokens.all()[1], false), place(&tokens.all()[2], true));
    let blanks: String = sql[from..to].chars().map(|character| if character == '\n' { '\n' } else { ' ' }).collect();
    Ok((format!("{}{blanks}{}", &sql[..from], &sql[to..]), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_athena_lacks_leave_their_place_empty() {
        let (text, replaced) = without_replace("-- é\nCREATE OR\nREPLACE TABLE a AS SELECT 1 AS x").unwrap();
        assert_eq!((text.as_str(), replaced), ("-- é\nCREATE   \n        TABLE a AS SELECT 1 AS x", true));
        for other in ["CREATE TABLE a AS SELECT 'OR REPLACE' AS x", "CREATE OR REPLACE VIEW v AS SELECT 1 AS x"] {
            assert_eq!(without_replace(other).unwrap(), (other.to_owned(), false));
        }
    }
}
