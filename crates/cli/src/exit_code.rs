//! Exit codes: what a person or a scheduler of jobs should do about a failure.
//!
//! They follow `sysexits.h` where it has a word for it. A job that ends with 2, 3, 65 or 78 will not end better by itself,
//! and one that ends with 4 should not be begun again, as somebody has cancelled its run.

use std::{io, sync::Arc};

use pipeline::ErrorClass;

use crate::{
    data_out::StdoutClosed,
    failure::{AlreadyReported, UsageError},
    interrupt::Interrupted,
};

pub(crate) const OK: u8 = 0;
const FAILED: u8 = 1;
const USAGE: u8 = 2;
const CHECK_FAILED: u8 = 3;
const CANCELLED: u8 = 4;
const BAD_DATA: u8 = 65;
const TEMPORARY: u8 = 75;
const CONFIGURATION: u8 = 78;

/// The exit code for an error: the first of its causes that has an opinion decides.
pub(crate) fn of(error: &anyhow::Error) -> u8 {
    error.chain().find_map(of_cause).unwrap_or(FAILED)
}

/// Whether the same command may end better at another time.
pub(crate) fn may_pass(code: u8) -> bool {
    matches!(code, FAILED | TEMPORARY)
}

fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<u8> {
    if let Some(interrupted) = cause.downcast_ref::<Interrupted>() {
        return Some(interrupted.exit_code);
    }
    if let Some(reported) = cause.downcast_ref::<AlreadyReported>() {
        return Some(reported.exit_code);
    }
    if cause.is::<UsageError>() || matches!(cause.downcast_ref(), Some(sample::Error::InvalidOption { .. })) {
        return Some(USAGE);
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        // Whoever read the output has seen enough; any other broken pipe is a failure.
        return error.get_ref().is_some_and(|inner| inner.is::<StdoutClosed>()).then_some(OK);
    }
    if let Some(error) = cause.downcast_ref::<pipeline::Error>() {
        return Some(of_pipeline(error));
    }
    if cause.is::<pipeline::DagError>() {
        return Some(CONFIGURATION);
    }
    if let Some(error) = cause.downcast_ref::<cluster::Error>() {
        return Some(of_cluster(error));
    }
    if let Some(error) = cause.downcast_ref::<lake::Error>() {
        return Some(of_lake(error));
    }
    let store = cause.downcast_ref::<store::Error>();
    store.or_else(|| cause.downcast_ref::<Arc<store::Error>>().map(AsRef::as_ref)).map(of_store)
}

fn of_pipeline(error: &pipeline::Error) -> u8 {
    use pipeline::Error as E;
    match error {
        E::Cluster(error) => of_cluster(error),
        E::Lake(error) => of_lake(error),
        E::Store(error) => of_store(error),
        E::NotRecorded { source, .. } => of_store(source),
        other => match other.class() {
            ErrorClass::CheckFailed => CHECK_FAILED,
            ErrorClass::BadData => BAD_DATA,
            ErrorClass::Temporary => TEMPORARY,
            ErrorClass::Configuration => CONFIGURATION,
            ErrorClass::Cancelled => CANCELLED,
            ErrorClass::Failed => FAILED,
        },
    }
}

fn of_cluster(error: &cluster::Error) -> u8 {
    match error {
        cluster::Error::InvalidAddress { .. } => CONFIGURATION,
        cluster::Error::Unreachable { .. } => TEMPORARY,
        _ => FAILED,
    }
}

fn of_lake(error: &lake::Error) -> u8 {
    match error {
        lake::Error::InvalidUrl { .. } | lake::Error::FormatVersion { .. } | lake::Error::NoSuchTable { .. } => {
            CONFIGURATION
        }
        lake::Error::CommitConflict { .. } => TEMPORARY,
        lake::Error::ObjectStore { source, .. } | lake::Error::LakeUnreachable { source, .. } => {
            of_object_store(source)
        }
        lake::Error::EmptyTable { .. } => CHECK_FAILED,
        _ => FAILED,
    }
}

fn of_object_store(error: &object_store::Error) -> u8 {
    use object_store::Error as E;
    match error {
        E::PermissionDenied { .. } | E::Unauthenticated { .. } | E::UnknownConfigurationKey { .. } => CONFIGURATION,
        // A bucket that does not answer, or answers 5xx for too long. Disks have their own words for what is lasting.
        E::Generic { store: "S3", .. } => TEMPORARY,
        _ => FAILED,
    }
}

fn of_store(error: &store::Error) -> u8 {
    use store::Error as E;
    match error {
        E::InvalidUrl { .. }
        | E::AccessDenied { .. }
        | E::Untrusted { .. }
        | E::UnknownDatabase { .. }
        | E::NotADatabase { .. }
        | E::SchemaTooNew { .. }
        | E::SchemaDrift { .. } => CONFIGURATION,
        E::SetExists { .. } | E::SetSuperseded { .. } | E::ModelExists { .. } | E::InvalidValue { .. } => BAD_DATA,
        E::Unreachable { .. } | E::NoAnswer { .. } | E::Timeout { .. } | E::MigrationTimeout { .. } => TEMPORARY,
        E::PublishConflict { .. } | E::RunAlive { .. } | E::RunTaken { .. } => TEMPORARY,
        _ => FAILED,
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use anyhow::anyhow;
    use pipeline::Step;

    use super::*;

    #[track_caller]
    fn check(error: impl Into<anyhow::Error>, code: u8) {
        let error = error.into().context("while doing something");
        assert_eq!(of(&error), code, "{error:#}");
    }

    fn model_ended_with(code: i32) -> pipeline::Error {
        // The upper byte of a wait status is the exit code.
        let status = ExitStatus::from_raw(code << 8);
        pipeline::Error::Model { step: Step::Train, status, last_words: String::new() }
    }

    fn unreachable_bucket() -> lake::Error {
        let source = object_store::Error::Generic { store: "S3", source: "connection refused".into() };
        lake::Error::LakeUnreachable { url: "s3://bucket/lake".to_owned(), source }
    }

    #[test]
    fn says_whose_turn_it_is() {
        check(anyhow!("anything"), 1);
        check(UsageError("no statement".to_owned()), 2);
        check(pipeline::Error::NoRows { step: Step::Tracks }, 3);
        check(pipeline::Error::Cancelled { by: "me".to_owned() }, 4);
        check(pipeline::Error::BadInput("slice 7".to_owned()), 65);
        check(cluster::Error::Unreachable { address: "df://h".to_owned(), reason: String::new() }, 75);
        check(cluster::Error::InvalidAddress { address: "h".to_owned(), reason: String::new() }, 78);
        check("postgres://db".parse::<store::DatabaseUrl>().unwrap_err(), 78);
        check(anyhow::Error::new(Arc::new("postgres://db".parse::<store::DatabaseUrl>().unwrap_err())), 78);
        check(pipeline::Error::from(lake::Error::InvalidUrl { url: "x".to_owned(), reason: String::new() }), 78);
        check(unreachable_bucket(), 75);
        check(pipeline::Error::from(unreachable_bucket()), 75);
        check(pipeline::Error::MissingInput { step: Step::Publish, table: "predictions" }, 78);
        check(model_ended_with(65), 65);
        check(model_ended_with(78), 78);
        check(model_ended_with(101), 1);
        check(StdoutClosed::error(), 0);
        check(io::Error::from(io::ErrorKind::BrokenPipe), 1);
        check(io::Error::from(io::ErrorKind::StorageFull), 1);
        check(AlreadyReported { exit_code: 42 }, 42);
    }
}
