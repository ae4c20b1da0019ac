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
    /// A name stands for more than one column.
    AmbiguousName,
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
    /// A frame of a window that ends before it begins.
    InvalidWindowFrame,
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
            Self::AmbiguousName => "AMBIGUOUS_NAME",
            Self::DuplicateNamedQuery => "DUPLICATE_NAMED_QUERY",
            Self::MismatchedColumnAliases => "MISMATCHED_COLUMN_ALIASES",
            Self::InvalidColumnReference => "INVALID_COLUMN_REFERENCE",
            Self::ExpressionNotAggregate => "EXPRESSION_NOT_AGGREGATE",
            Self::ExpressionNotScalar => "EXPRESSION_NOT_SCALAR",
            Self::ExpressionNotInDistinct => "EXPRESSION_NOT_IN_DISTINCT",
            Self::NestedAggregation => "NESTED_AGGREGATION",
            Self::NestedWindow => "NESTED_WINDOW",
            Self::MissingOver => "MISSING_OVER",
            Self::InvalidWindowFrame => "INVALID_WINDOW_FRAME",
            Self::InvalidArguments => "INVALID_ARGUMENTS",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::InvalidFunctionArgument => "INVALID_FUNCTION_ARGUMENT",
            Self::InvalidCastArgument => "INVALID_CAST_ARGUMENT",
            Self::NumericValueOutOfRange => "NUMERIC_VALUE_OUT_OF_RANGE",
            Self::DivisionByZero => "DIVISION_BY_ZERO",
            Self::SubqueryMultipleRows => "SUBQUERY_MULTIPLE_ROWS",
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct TrinoError {
    /// Which error.
    pub name: ErrorName,
    /// What happened, in Trino's words where tools look for them.
    pub message: String,
}

impl From<TrinoError> for DataFusionError {
    fn from(error: TrinoError) -> Self {
        Self::External(Box::new(error))
    }
}
