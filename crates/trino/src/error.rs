//! Errors as Trino names them.

use std::fmt;

use datafusion::error::DataFusionError;

/// Names of Trino's errors (`StandardErrorCode`) that a query may end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorName {
    /// The text is not a statement.
    SyntaxError,
    /// Types do not fit an operator or function.
    TypeMismatch,
    /// No function of this name takes these types.
    FunctionNotFound,
    /// No type has this name.
    TypeNotFound,
    /// No such column.
    ColumnNotFound,
    /// A literal of a type has the wrong form.
    InvalidLiteral,
    /// No such table.
    TableNotFound,
    /// No such schema.
    SchemaNotFound,
    /// No such catalog.
    CatalogNotFound,
    /// The query of a view is wrong by now.
    InvalidView,
    /// Something else than the query is wrong, such as a file of a table.
    GenericInternalError,
    /// A name stands for more than one column.
    AmbiguousName,
    /// A table or view would have two columns of one name.
    DuplicateColumnName,
    /// A name is given twice in WITH.
    DuplicateNamedQuery,
    /// There are more or fewer column aliases than columns.
    MismatchedColumnAliases,
    /// A number in GROUP BY or ORDER BY is not that of a column.
    InvalidColumnReference,
    /// A column is neither grouped nor aggregated.
    ExpressionNotAggregate,
    /// An aggregation or window stands where none may.
    ExpressionNotScalar,
    /// A query is sorted by what DISTINCT leaves out.
    ExpressionNotInDistinct,
    /// An aggregation inside of an aggregation.
    NestedAggregation,
    /// A window inside of a window.
    NestedWindow,
    /// A window function without OVER.
    MissingOver,
    /// What depends on an order, without one.
    MissingOrderBy,
    /// A frame of a window that ends before it begins.
    InvalidWindowFrame,
    /// A recursive query names itself where it may not.
    InvalidRecursiveReference,
    /// Arguments that a construct of the language does not take.
    InvalidArguments,
    /// What Segue does not answer as Trino does, and therefore not at all.
    NotSupported,
    /// An argument has a value that the function does not take.
    InvalidFunctionArgument,
    /// A value cannot be cast.
    InvalidCastArgument,
    /// A number is too large for its type.
    NumericValueOutOfRange,
    /// A division by zero of integers or decimals.
    DivisionByZero,
    /// A scalar subquery yields more than one row.
    SubqueryMultipleRows,
    /// A path of the SQL standard's into JSON is none.
    InvalidPath,
    /// What a path into JSON asks for does not fit the JSON.
    PathEvaluationError,
    /// A text is no JSON.
    JsonInputConversionError,
    /// A path leads to what is no one JSON.
    JsonOutputConversionError,
    /// A path leads to what is no one value of a type.
    JsonValueResultError,
}

impl ErrorName {
    /// The name as Trino writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SyntaxError => "SYNTAX_ERROR",
            Self::TypeMismatch => "TYPE_MISMATCH",
            Self::FunctionNotFound => "FUNCTION_NOT_FOUND",
            Self::TypeNotFound => "TYPE_NOT_FOUND",
            Self::ColumnNotFound => "COLUMN_NOT_FOUND",
            Self::InvalidLiteral => "INVALID_LITERAL",
            Self::TableNotFound => "TABLE_NOT_FOUND",
            Self::SchemaNotFound => "SCHEMA_NOT_FOUND",
            Self::CatalogNotFound => "CATALOG_NOT_FOUND",
            Self::InvalidView => "INVALID_VIEW",
            Self::GenericInternalError => "GENERIC_INTERNAL_ERROR",
            Self::AmbiguousName => "AMBIGUOUS_NAME",
            Self::DuplicateColumnName => "DUPLICATE_COLUMN_NAME",
            Self::DuplicateNamedQuery => "DUPLICATE_NAMED_QUERY",
            Self::MismatchedColumnAliases => "MISMATCHED_COLUMN_ALIASES",
            Self::InvalidColumnReference => "INVALID_COLUMN_REFERENCE",
            Self::ExpressionNotAggregate => "EXPRESSION_NOT_AGGREGATE",
            Self::ExpressionNotScalar => "EXPRESSION_NOT_SCALAR",
            Self::ExpressionNotInDistinct => "EXPRESSION_NOT_IN_DISTINCT",
            Self::NestedAggregation => "NESTED_AGGREGATION",
            Self::NestedWindow => "NESTED_WINDOW",
            Self::MissingOver => "MISSING_OVER",
            Self::MissingOrderBy => "MISSING_ORDER_BY",
            Self::InvalidWindowFrame => "INVALID_WINDOW_FRAME",
            Self::InvalidRecursiveReference => "INVALID_RECURSIVE_REFERENCE",
            Self::InvalidArguments => "INVALID_ARGUMENTS",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::InvalidFunctionArgument => "INVALID_FUNCTION_ARGUMENT",
            Self::InvalidCastArgument => "INVALID_CAST_ARGUMENT",
            Self::NumericValueOutOfRange => "NUMERIC_VALUE_OUT_OF_RANGE",
            Self::DivisionByZero => "DIVISION_BY_ZERO",
            Self::SubqueryMultipleRows => "SUBQUERY_MULTIPLE_ROWS",
            Self::InvalidPath => "INVALID_PATH",
            Self::PathEvaluationError => "PATH_EVALUATION_ERROR",
            Self::JsonInputConversionError => "JSON_INPUT_CONVERSION_ERROR",
            Self::JsonOutputConversionError => "JSON_OUTPUT_CONVERSION_ERROR",
            Self::JsonValueResultError => "JSON_VALUE_RESULT_ERROR",
        }
    }

    /// An error of this name.
    pub fn named(self, message: impl Into<String>) -> TrinoError {
        TrinoError { name: self, message: message.into() }
    }

    /// The same as DataFusion passes it on.
    pub fn error(self, message: impl Into<String>) -> DataFusionError {
        self.named(message).into()
    }
}

impl fmt::Display for ErrorName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An error of Trino's. Its text is `NAME: message`, since only texts come back from executors.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct TrinoError {
    /// Which error.
    pub name: ErrorName,
    /// What happened, in Trino's words where tools look for them.
    pub message: String,
}

/// Errors that rows end a query with, and not its text.
const OF_ROWS: [ErrorName; 12] = [
    ErrorName::InvalidFunctionArgument,
    ErrorName::InvalidCastArgument,
    ErrorName::NumericValueOutOfRange,
    ErrorName::DivisionByZero,
    ErrorName::SubqueryMultipleRows,
    ErrorName::InvalidArguments,
    ErrorName::NotSupported,
    ErrorName::InvalidPath,
    ErrorName::PathEvaluationError,
    ErrorName::JsonInputConversionError,
    ErrorName::JsonOutputConversionError,
    ErrorName::JsonValueResultError,
];

impl TrinoError {
    /// The error that an executor's text tells of. What stands around it is left out: `Job failed: … External(NAME:
    /// message)` has more closing parentheses than opening ones.
    #[must_use]
    pub fn in_text(text: &str) -> Option<Self> {
        let places = OF_ROWS.iter().filter_map(|name| Some((text.find(&format!("{name}: "))?, *name)));
        let (at, name) = places.min_by_key(|(at, _)| *at)?;
        let message = text[at..].split_once(": ")?.1.lines().next().unwrap_or_default();
        let mut depth = 0_usize;
        let end = message.char_indices().find(|(_, character)| match character {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.checked_sub(1).unwrap_or(usize::MAX);
                depth == usize::MAX
            }
            _ => false,
        });
        let message = end.map_or(message, |(end, _)| &message[..end]);
        Some(name.named(message.trim_end_matches('"')))
    }
}

/// As it is shown: some of what stands between an executor and a client has the debug form only.
impl fmt::Debug for TrinoError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<TrinoError> for DataFusionError {
    fn from(error: TrinoError) -> Self {
        Self::External(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(TrinoError::in_text(text).map(|error| error.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn errors_are_found_in_what_an_executor_says() {
        check(
            "Job failed due to stage 1 failed: Task failed: External(DIVISION_BY_ZERO: Division by zero))",
            Some("DIVISION_BY_ZERO: Division by zero"),
        );
        check(
            "External error: INVALID_CAST_ARGUMENT: Cannot cast 'f(x)' to integer\nbacktrace",
            Some("INVALID_CAST_ARGUMENT: Cannot cast 'f(x)' to integer"),
        );
        check("Arrow error: Divide by zero error", None);
        assert_eq!(format!("{:?}", ErrorName::DivisionByZero.named("x")), "DIVISION_BY_ZERO: x");
    }
}
