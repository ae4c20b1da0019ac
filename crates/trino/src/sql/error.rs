//! Why a query is refused, and where.

use std::fmt;

use datafusion::{
    error::DataFusionError,
    sql::sqlparser::tokenizer::{Location, Span},
};

use crate::{ErrorName, TrinoError};

/// Result of planning.
pub type SqlResult<T> = Result<T, SqlError>;

/// A query that is refused, with the place of its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SqlError {
    /// Which error.
    pub name: ErrorName,
    /// Line and column, from 1, or 0 if the place is not known.
    pub line: u64,
    /// See `line`.
    pub column: u64,
    /// What happened, in Trino's words where tools look for them.
    pub message: String,
}

/// As Athena writes the reason of a failure: `NAME: line L:C: message`.
impl fmt::Display for SqlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.name)?;
        if self.line > 0 {
            write!(formatter, "line {}:{}: ", self.line, self.column)?;
        }
        formatter.write_str(&self.message)
    }
}

/// A place of the text; 0 stands for none.
pub(super) type Place = Location;

pub(super) const NOWHERE: Place = Location { line: 0, column: 0 };

pub(super) fn start(span: Span) -> Place {
    span.start
}

/// An error at a place.
pub(super) fn error<T>(name: ErrorName, at: Place, message: impl Into<String>) -> SqlResult<T> {
    Err(SqlError { name, line: at.line, column: at.column, message: message.into() })
}

/// What is not planned.
pub(super) fn refuse<T>(at: Place, what: impl fmt::Display) -> SqlResult<T> {
    error(ErrorName::NotSupported, at, format!("not supported: {what}"))
}

/// Errors of functions and of the engine, at the place of what is planned.
pub(super) trait At<T> {
    fn at(self, place: Place) -> SqlResult<T>;
}

impl<T> At<T> for Result<T, DataFusionError> {
    fn at(self, place: Place) -> SqlResult<T> {
        self.map_err(|error| {
            if let Some(carried) = carried(&error) {
                return carried.clone();
            }
            let named = trino_error(&error);
            let (name, message) = match named {
                Some(found) => (found.name, found.message.clone()),
                None => (ErrorName::NotSupported, format!("not supported: {}", error.strip_backtrace())),
            };
            SqlError { name, line: place.line, column: place.column, message }
        })
    }
}

impl<T> At<T> for Result<T, TrinoError> {
    fn at(self, place: Place) -> SqlResult<T> {
        self.map_err(|found| SqlError {
            name: found.name,
            line: place.line,
            column: place.column,
            message: found.message,
        })
    }
}

/// Why a table of the catalog cannot be had.
pub(super) fn of_catalog(error: &DataFusionError) -> SqlError {
    let (name, message) = match (trino_error(error), error.find_root()) {
        (Some(found), _) => (found.name, found.message.clone()),
        (None, DataFusionError::NotImplemented(what)) => (ErrorName::NotSupported, format!("not supported: {what}")),
        (None, _) => (ErrorName::GenericInternalError, error.strip_backtrace()),
    };
    SqlError { name, line: 0, column: 0, message }
}

/// An error of the planner that went through the engine's hands.
fn carried(error: &DataFusionError) -> Option<&SqlError> {
    match error.find_root() {
        DataFusionError::External(inner) => inner.downcast_ref(),
        _ => None,
    }
}

fn trino_error(error: &DataFusionError) -> Option<&TrinoError> {
    let mut current: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(found) = current {
        if let Some(named) = found.downcast_ref::<TrinoError>() {
            return Some(named);
        }
        current = match found.downcast_ref::<DataFusionError>() {
            Some(DataFusionError::External(inner)) => Some(inner.as_ref()),
            _ => found.source(),
        };
    }
    None
}
