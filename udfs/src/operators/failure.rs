//! Failures of the lake in the classes that Ballista knows.

use std::error::Error as _;

use datafusion::error::DataFusionError;

/// Ballista runs a task again after an IO error and gives up at once after any other (`BallistaError` retry classes),
/// so what may pass (the object store did not answer, answered 5xx, or cut the connection) becomes an IO error.
pub(crate) fn lake_failure(error: lake::Error) -> DataFusionError {
    if is_transient(&error) {
        let text = chain(&error);
        return DataFusionError::IoError(std::io::Error::other(text));
    }
    DataFusionError::Execution(chain(&error))
}

fn is_transient(error: &lake::Error) -> bool {
    use object_store::Error as E;
    let mut cause = error.source();
    while let Some(source) = cause {
        if let Some(store) = store_error(source) {
            return !matches!(
                store,
                E::NotFound { .. }
                    | E::PermissionDenied { .. }
                    | E::Unauthenticated { .. }
                    | E::InvalidPath { .. }
                    | E::NotSupported { .. }
                    | E::NotImplemented { .. }
            );
        }
        cause = source.source();
    }
    matches!(error, lake::Error::CommitConflict { .. })
}

/// The store's error, also where it hides inside an IO error, whose own source would pass over it.
fn store_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a object_store::Error> {
    cause.downcast_ref().or_else(|| cause.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref())
}

/// The error with its causes: only text survives the way from an executor to the client.
fn chain(error: &lake::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}
