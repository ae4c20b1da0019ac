//! Failures of object stores and the lake in the classes that Ballista knows.
//!
//! Ballista runs a task again after an IO error and gives up at once after any other (`BallistaError` retry classes). So
//! what may pass (the store did not answer, answered 5xx, or cut the connection) becomes an IO error here, wherever in
//! a task it comes up: in the raw scan, in stock DataFusion's Parquet scan, in the write.

use std::error::Error;

use datafusion::error::DataFusionError;

/// A failure of the lake in a task.
pub(crate) fn lake_failure(error: lake::Error) -> DataFusionError {
    let passing = matches!(error, lake::Error::CommitConflict { .. }) || store_error(&error).is_some_and(may_pass);
    if passing { io_error(chain(&error)) } else { DataFusionError::Execution(chain(&error)) }
}

/// A failure of an object store in a task.
pub(crate) fn store_failure(error: object_store::Error) -> DataFusionError {
    if may_pass(&error) { io_error(chain(&error)) } else { DataFusionError::ObjectStore(Box::new(error)) }
}

/// Any failure of a task: one that an object store is the cause of, and that may pass, becomes an IO error.
pub fn task_failure(error: DataFusionError) -> DataFusionError {
    if matches!(error, DataFusionError::IoError(_)) || !store_error(&error).is_some_and(may_pass) {
        return error;
    }
    io_error(chain(&error))
}

fn io_error(text: String) -> DataFusionError {
    DataFusionError::IoError(std::io::Error::other(text))
}

/// Whether asking again may help.
fn may_pass(error: &object_store::Error) -> bool {
    use object_store::Error as E;
    !matches!(
        error,
        E::NotFound { .. }
            | E::PermissionDenied { .. }
            | E::Unauthenticated { .. }
            | E::InvalidPath { .. }
            | E::NotSupported { .. }
            | E::NotImplemented { .. }
            | E::AlreadyExists { .. }
            | E::Precondition { .. }
            | E::NotModified { .. }
    )
}

/// The object store's error among the causes, if there is one.
fn store_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a object_store::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<object_store::Error>() {
            return Some(found);
        }
        cause = inside(error).or_else(|| error.source());
    }
    None
}

/// The error that another one holds where `source` would pass over it.
fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    use datafusion::parquet::errors::ParquetError;
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return error.get_ref().map(|inner| inner as _);
    }
    match error.downcast_ref::<DataFusionError>() {
        Some(DataFusionError::ObjectStore(inner)) => Some(inner.as_ref()),
        Some(DataFusionError::ParquetError(inner)) => Some(inner.as_ref()),
        Some(DataFusionError::External(inner)) => Some(inner.as_ref()),
        _ => match error.downcast_ref::<ParquetError>() {
            Some(ParquetError::External(inner)) => Some(inner.as_ref()),
            _ => None,
        },
    }
}

/// The error with its causes: only text survives the way from an executor to the client.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let said = source.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use datafusion::parquet::errors::ParquetError;

    use super::*;

    fn reset() -> object_store::Error {
        object_store::Error::Generic { store: "S3", source: "connection reset by peer".into() }
    }

    fn gone() -> object_store::Error {
        object_store::Error::NotFound { path: "x".to_owned(), source: "404".into() }
    }

    #[track_caller]
    fn check(error: DataFusionError, retried: bool) {
        let shown = error.to_string();
        let failure = task_failure(error);
        assert_eq!(matches!(failure, DataFusionError::IoError(_)), retried, "{shown}");
        assert_eq!(failure.to_string().contains("connection reset by peer"), retried, "{failure}");
    }

    #[test]
    fn what_may_pass_is_retried_wherever_it_hides() {
        let parquet = |error| DataFusionError::ParquetError(Box::new(ParquetError::External(Box::new(error))));
        check(DataFusionError::ObjectStore(Box::new(reset())), true);
        check(DataFusionError::ObjectStore(Box::new(gone())), false);
        check(parquet(reset()), true);
        check(parquet(gone()), false);
        check(DataFusionError::External(Box::new(std::io::Error::other(reset()))), true);
        check(parquet(reset()).context("while reading"), true);
        check(DataFusionError::Execution("division by zero".to_owned()), false);
        check(DataFusionError::ParquetError(Box::new(ParquetError::General("bad footer".to_owned()))), false);
    }
}
