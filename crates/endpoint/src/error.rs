//! Why a query failed, as Athena says it.

use std::fmt;

use athena::wire::AthenaError;
use datafusion::error::DataFusionError;
use trino::TrinoError;

/// Failure of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Athena's name of the error.
    pub name: &'static str,
    /// Line and column of the statement, from 1.
    pub at: Option<(u64, u64)>,
    /// What happened.
    pub message: String,
}

/// Result of a part of a query.
pub(crate) type QueryResult<T> = Result<T, QueryError>;

impl QueryError {
    pub(crate) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, at: None, message: message.into() }
    }

    pub(crate) fn not_supported(message: impl Into<String>) -> Self {
        Self::new("NOT_SUPPORTED", message)
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new("GENERIC_INTERNAL_ERROR", message)
    }

    pub(crate) fn at(mut self, line: u64, column: u64) -> Self {
        self.at = Some((line, column));
        self
    }

    /// Points at the first place where a word stands in the statement.
    pub(crate) fn at_word(mut self, sql: &str, word: &str) -> Self {
        if self.at.is_none() && !word.is_empty() {
            self.at = whole_word(&sql.to_lowercase(), &word.to_lowercase()).and_then(|offset| {
                let before = sql.get(..offset)?;
                let line = before.matches('\n').count() as u64 + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
                Some((line, column))
            });
        }
        self
    }

    /// Category, type and text, for clients that tell errors apart by number.
    pub(crate) fn athena_error(&self) -> AthenaError {
        let (category, kind) = match self.name {
            "DIVISION_BY_ZERO" => (2, 1001),
            "TYPE_MISMATCH" => (2, 1002),
            "COLUMN_NOT_FOUND" | "CATALOG_NOT_FOUND" | "SYNTAX_ERROR" => (2, 1006),
            "INVALID_CAST_ARGUMENT" | "NUMERIC_VALUE_OUT_OF_RANGE" | "INVALID_PARAMETER_USAGE" => (2, 1100),
            "INVALID_FUNCTION_ARGUMENT" => (2, 1106),
            "TABLE_ALREADY_EXISTS" | "SCHEMA_ALREADY_EXISTS" => (2, 1110),
            "NOT_SUPPORTED" => (2, 1200),
            "TABLE_NOT_FOUND" | "SCHEMA_NOT_FOUND" => (2, 1301),
            "FUNCTION_NOT_FOUND" => (2, 1303),
            "EXCEEDED_TIME_LIMIT" => (2, 1004),
            "GENERIC_INTERNAL_ERROR" => (1, 200),
            "HIVE_WRITER_OPEN_ERROR" => (1, 401),
            _ => (2, 1000),
        };
        AthenaError { error_category: category, error_type: kind, retryable: false, error_message: self.to_string() }
    }

    /// The error of planning or running a statement.
    pub(crate) fn of_engine(error: &DataFusionError, sql: &str) -> Self {
        let text = error.strip_backtrace();
        let root = error.find_root();
        let named = match root {
            DataFusionError::SQL(..) => Self::new("SYNTAX_ERROR", text.clone()),
            DataFusionError::NotImplemented(message) => Self::not_supported(format!("not supported: {message}")),
            DataFusionError::SchemaError(schema, _) => of_schema(schema, sql),
            _ => of_text(&text, sql),
        };
        match error.diagnostic().and_then(|diagnostic| diagnostic.span) {
            Some(span) if named.at.is_none() => named.at(span.start.line, span.start.column),
            _ => named,
        }
    }
}

/// Where a word stands that is no part of another one.
fn whole_word(text: &str, word: &str) -> Option<usize> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let (before, after) = (&text[..*at], &text[at + word.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

fn of_schema(error: &datafusion::common::SchemaError, sql: &str) -> QueryError {
    use datafusion::common::SchemaError;
    match error {
        SchemaError::FieldNotFound { field, .. } => column_not_found(&field.flat_name(), &field.name, sql),
        SchemaError::AmbiguousReference { field } => {
            QueryError::new("AMBIGUOUS_NAME", format!("Column '{}' is ambiguous", field.name)).at_word(sql, &field.name)
        }
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            QueryError::new("DUPLICATE_COLUMN_NAME", format!("Column name '{name}' specified more than once"))
                .at_word(sql, name)
        }
    }
}

fn column_not_found(shown: &str, word: &str, sql: &str) -> QueryError {
    let message =
        format!("Column '{shown}' cannot be resolved or requester is not authorized to access requested resources");
    QueryError::new("COLUMN_NOT_FOUND", message).at_word(sql, word)
}

/// What is known only by its words, as it comes from another process or has no kind of its own.
fn of_text(text: &str, sql: &str) -> QueryError {
    if let Some(found) = TrinoError::in_text(text) {
        return QueryError::new(found.name.as_str(), found.message);
    }
    let lower = text.to_lowercase();
    if let Some(table) = between(text, "table '", "' not found") {
        let word = table.rsplit('.').next().unwrap_or_default();
        return QueryError::new("TABLE_NOT_FOUND", format!("Table '{table}' does not exist")).at_word(sql, word);
    }
    if let Some(schema) = between(text, "failed to resolve schema: ", "\n") {
        return QueryError::new("SCHEMA_NOT_FOUND", format!("Schema '{schema}' does not exist")).at_word(sql, schema);
    }
    if let Some(catalog) = between(text, "failed to resolve catalog: ", "\n") {
        return QueryError::new("CATALOG_NOT_FOUND", format!("Catalog '{catalog}' does not exist"))
            .at_word(sql, catalog);
    }
    if let Some(function) = between(text, "Invalid function '", "'") {
        return QueryError::new("FUNCTION_NOT_FOUND", format!("Function '{function}' not registered"))
            .at_word(sql, function);
    }
    if let Some(error) = of_hive(text) {
        return error;
    }
    if lower.contains("divide by zero") || lower.contains("division by zero") {
        return QueryError::new("DIVISION_BY_ZERO", "Division by zero");
    }
    if lower.contains("cannot cast") || lower.contains("cast error") || lower.contains("can't cast") {
        return QueryError::new("INVALID_CAST_ARGUMENT", text);
    }
    if lower.contains("cannot infer common argument type") || lower.contains("type_coercion") {
        return QueryError::new("TYPE_MISMATCH", text);
    }
    if lower.contains("not implemented") || lower.contains("not yet supported") || lower.contains("not support") {
        return QueryError::not_supported(text);
    }
    if lower.contains("is not a valid table name: ") {
        return QueryError::new("SYNTAX_ERROR", text.trim_start_matches("External error: "));
    }
    if lower.contains("error during planning") {
        return QueryError::new("SYNTAX_ERROR", text.trim_start_matches("Error during planning: "));
    }
    QueryError::internal(text)
}

/// Errors of files, which tasks tell by Athena's names.
fn of_hive(text: &str) -> Option<QueryError> {
    const NAMES: [&str; 3] = ["HIVE_BAD_DATA", "HIVE_CURSOR_ERROR", "HIVE_INVALID_PARTITION_VALUE"];
    for name in NAMES {
        if let Some(message) = between(text, &format!("{name}: "), "\n") {
            return Some(QueryError::new(name, message));
        }
    }
    if let Some(limit) = between(text, "Exceeded limit of ", " open writers") {
        let message = format!("Exceeded limit of {limit} open writers for partitions/buckets");
        return Some(QueryError::new("HIVE_TOO_MANY_OPEN_PARTITIONS", message));
    }
    let refused = text.find("the text ").filter(|_| text.contains("which ends a field or line"));
    refused.map(|at| QueryError::new("HIVE_WRITER_DATA_ERROR", &text[at..]))
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let start = text.find(before)? + before.len();
    let rest = &text[start..];
    let end = rest.find(after).or_else(|| (after == "\n").then_some(rest.len()))?;
    Some(&rest[..end])
}

impl From<catalog::Error> for QueryError {
    fn from(error: catalog::Error) -> Self {
        let name = match &error {
            catalog::Error::NoSuchDatabase { .. } => "SCHEMA_NOT_FOUND",
            catalog::Error::DatabaseExists { .. } => "SCHEMA_ALREADY_EXISTS",
            catalog::Error::DatabaseNotEmpty { .. } => "SCHEMA_NOT_EMPTY",
            catalog::Error::NoSuchTable { .. } => "TABLE_NOT_FOUND",
            catalog::Error::TableExists { .. } => "TABLE_ALREADY_EXISTS",
            catalog::Error::LakeTable { .. } => "NOT_SUPPORTED",
            catalog::Error::PartitionValues { .. } | catalog::Error::InvalidName { .. } => "SYNTAX_ERROR",
            _ => "GENERIC_INTERNAL_ERROR",
        };
        let message = match &error {
            catalog::Error::NoSuchTable { database, table } => {
                format!("Table '{}.{database}.{table}' does not exist", catalog::CATALOG)
            }
            catalog::Error::NoSuchDatabase { database } => format!("Schema '{database}' does not exist"),
            other => other.to_string(),
        };
        Self::new(name, message)
    }
}

impl From<store::Error> for QueryError {
    fn from(error: store::Error) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<lake::Error> for QueryError {
    fn from(error: lake::Error) -> Self {
        match error {
            lake::Error::InvalidTableName { .. } => Self::new("SYNTAX_ERROR", error.to_string()),
            other => Self::internal(other.to_string()),
        }
    }
}

impl From<object_store::Error> for QueryError {
    fn from(error: object_store::Error) -> Self {
        Self::internal(error.to_string())
    }
}

impl std::error::Error for QueryError {}

impl fmt::Display for QueryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(formatter, "{}: line {line}:{column}: {}", self.name, self.message),
            None => write!(formatter, "{}: {}", self.name, self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_stand() {
        let error = QueryError::new("TABLE_NOT_FOUND", "x").at_word("SELECT *\n  FROM db.Gone", "gone");
        assert_eq!(error.to_string(), "TABLE_NOT_FOUND: line 2:11: x");
    }

    #[test]
    fn a_missing_table_is_known_by_its_words() {
        let error = DataFusionError::Plan("table 'awsdatacatalog.db.t' not found".to_owned());
        let error = QueryError::of_engine(&error, "SELECT * FROM db.t");
        let expected = "TABLE_NOT_FOUND: line 1:18: Table 'awsdatacatalog.db.t' does not exist";
        assert_eq!((error.to_string().as_str(), error.athena_error().error_type), (expected, 1301));
    }
}
