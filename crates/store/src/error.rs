//! What can go wrong, by what the caller can do about it.

use std::time::Duration;

use crate::{ModelId, RunId, RunStatus, SetId, SetState, StepStatus};

/// The error of every operation of the store. None of them shows a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database URL cannot be understood.
    #[error(
        "invalid database url `{url}`: {reason}; \
         use `sqlite://PATH`, `sqlite::memory:` or `mysql://USER:PASSWORD@HOST:PORT/DATABASE`"
    )]
    InvalidUrl {
        /// The URL, redacted.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing answers at the URL, or the file cannot be opened.
    #[error("cannot reach the database `{url}`: check that it runs and that the address is right")]
    Unreachable {
        /// The URL, redacted.
        url: String,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// Nothing answered at the URL in time.
    #[error("the database `{url}` did not answer within {limit:?}: check that it runs and that the address is right")]
    NoAnswer {
        /// The URL, redacted.
        url: String,
        /// The limit that passed.
        limit: Duration,
    },
    /// The server refuses the user, or the user may not use the database.
    #[error("the database `{url}` denied access: check the user, the password and the user's grants")]
    AccessDenied {
        /// The URL, redacted.
        url: String,
        /// The server's error.
        #[source]
        source: sqlx::Error,
    },
    /// The server does not encrypt, or its certificate is not for its name or of an authority that is not trusted.
    #[error(
        "the database `{url}` does not show a certificate that is trusted: name its authority with `?ssl-ca=FILE`, \
         or say `?ssl-mode=DISABLED` where nobody can come in between"
    )]
    Untrusted {
        /// The URL, redacted.
        url: String,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// The server has no such database, or there is no such file, and the options do not allow to create it.
    #[error("the database `{url}` does not exist: create it, or allow the store to create it")]
    UnknownDatabase {
        /// The URL, redacted.
        url: String,
    },
    /// The file exists and is not a SQLite database.
    #[error("the file of `{url}` is not a SQLite database: move it away or name another path")]
    NotADatabase {
        /// The URL, redacted.
        url: String,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// A newer version of this program has migrated the database.
    #[error(
        "the schema of `{url}` is at version {found}, newer than version {known} that this program knows: \
         use a newer program, or restore the database as it was before"
    )]
    SchemaTooNew {
        /// The URL, redacted.
        url: String,
        /// The newest version applied to the database.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// A migration that the database has is unknown here, or is not what was applied.
    #[error("migration {version} of `{url}` is not the one that this program knows: was a migration file edited?")]
    SchemaDrift {
        /// The URL, redacted.
        url: String,
        /// The migration's version.
        version: i64,
    },
    /// A migration failed.
    #[error("cannot migrate the database `{url}`")]
    Migration {
        /// The URL, redacted.
        url: String,
        /// The driver's error.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// Another process has been migrating the database for too long, or a migration takes too long.
    #[error("migration of `{url}` did not end within {limit:?}: is another process migrating it?")]
    MigrationTimeout {
        /// The URL, redacted.
        url: String,
        /// The limit that passed.
        limit: Duration,
    },
    /// A call took longer than its limit, or no connection was free in time.
    #[error(
        "cannot {operation} `{key}`: no result within {limit:?}; \
         check that the database is reachable and not overloaded"
    )]
    Timeout {
        /// What was being done, as a verb phrase.
        operation: &'static str,
        /// What it was done to.
        key: String,
        /// The limit that passed.
        limit: Duration,
    },
    /// The database refused a statement, or the connection kept breaking.
    #[error("cannot {operation} `{key}` ({attempts} attempts)")]
    Query {
        /// What was being done, as a verb phrase.
        operation: &'static str,
        /// What it was done to.
        key: String,
        /// How often it was tried.
        attempts: u32,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// A value cannot be stored.
    #[error("invalid {field} `{value}`: expected {expected}")]
    InvalidValue {
        /// Which value.
        field: &'static str,
        /// The value.
        value: String,
        /// What would have been accepted.
        expected: &'static str,
    },
    /// No such run.
    #[error("there is no run `{run_id}`")]
    UnknownRun {
        /// The run.
        run_id: RunId,
    },
    /// A run with this id was started before.
    #[error("run `{run_id}` was started before: use a new id, or resume it")]
    RunExists {
        /// The run.
        run_id: RunId,
    },
    /// The run has ended, perhaps by another process that took it for dead.
    #[error("run `{run_id}` is not running, it is {status}: stop this work")]
    RunEnded {
        /// The run.
        run_id: RunId,
        /// How it ended.
        status: RunStatus,
    },
    /// A run is at work on the lake, so it cannot be resumed and no other can start there.
    #[error(
        "run `{run_id}` is at work on this lake, on {host}, and gave its last sign of life {} s ago: \
         wait for it to end, or stop it there",
        silent_for.as_secs()
    )]
    RunAlive {
        /// The run.
        run_id: RunId,
        /// Where its process is.
        host: String,
        /// The age of its last heartbeat.
        silent_for: Duration,
    },
    /// Another process owns the run or its lake by now: it found the run silent and took it over.
    #[error("run `{run_id}` was taken over by another process, which had no sign of life from it: stop this work")]
    RunTaken {
        /// The run.
        run_id: RunId,
    },
    /// No such attempt at a step.
    #[error("run `{run_id}` has no attempt {attempt} at step `{step}`")]
    UnknownStep {
        /// The run.
        run_id: RunId,
        /// The step.
        step: String,
        /// The attempt.
        attempt: u32,
    },
    /// This attempt at the step was started before.
    #[error("attempt {attempt} at step `{step}` of run `{run_id}` was started before: use the next number")]
    StepExists {
        /// The run.
        run_id: RunId,
        /// The step.
        step: String,
        /// The attempt.
        attempt: u32,
    },
    /// The attempt at the step has ended, perhaps by another process that took its run for dead.
    #[error("attempt {attempt} at step `{step}` of run `{run_id}` is not running, it is {status}: stop this work")]
    StepEnded {
        /// The run.
        run_id: RunId,
        /// The step.
        step: String,
        /// The attempt.
        attempt: u32,
        /// How it ended.
        status: StepStatus,
    },
    /// Another model was recorded under this id.
    #[error("model `{model_id}` was recorded before with other contents: use a new id")]
    ModelExists {
        /// The model.
        model_id: ModelId,
    },
    /// No such set of predictions.
    #[error("there is no prediction set `{set_id}`: begin it first")]
    UnknownSet {
        /// The set.
        set_id: SetId,
    },
    /// The set was begun for another model.
    #[error("prediction set `{set_id}` was begun for another model: use a new id")]
    SetExists {
        /// The set.
        set_id: SetId,
    },
    /// The set has been published, so its rows cannot change; or it is being deleted.
    #[error("prediction set `{set_id}` is {state}, not loading: begin a new set")]
    SetClosed {
        /// The set.
        set_id: SetId,
        /// Its state.
        state: SetState,
    },
    /// The set is older than the current one.
    #[error(
        "prediction set `{set_id}` is older than the current set `{current}`: \
         publish a new set, or roll back on purpose"
    )]
    SetSuperseded {
        /// The set.
        set_id: SetId,
        /// The current set.
        current: SetId,
    },
    /// The loaded rows are not those that were expected; nothing was published.
    #[error("prediction set `{set_id}` has {found} {what}, expected {expected}: load it again")]
    CountMismatch {
        /// The set.
        set_id: SetId,
        /// `rows` or `playlists`.
        what: &'static str,
        /// How many were found.
        found: u64,
        /// How many were expected.
        expected: u64,
    },
    /// The set has no rows; publishing it would take every prediction away.
    #[error("prediction set `{set_id}` is empty: load it before it is published")]
    EmptySet {
        /// The set.
        set_id: SetId,
    },
    /// The ranks of a playlist are not 1, 2, ... without a gap; nothing was published.
    #[error("playlist `{playlist_id}` of prediction set `{set_id}` has a gap in its ranks: load it again")]
    RankGap {
        /// The set.
        set_id: SetId,
        /// The first such playlist.
        playlist_id: i64,
    },
    /// Another process kept publishing at the same moment.
    #[error(
        "prediction set `{set_id}` could not be published: another process published at the same moment; try again"
    )]
    PublishConflict {
        /// The set.
        set_id: SetId,
    },
}

impl Error {
    /// Whether a row with this key was there before.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Query { source, .. }
            if source.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation))
    }
}
