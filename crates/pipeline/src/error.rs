//! What can go wrong with a run, and whose turn it is then.

use datafusion::error::DataFusionError;

use crate::{Check, CheckOutcome, Drift, RowFinding, Step};

/// Result of a run or a part of it.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Failure of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The cluster cannot be reached or started.
    #[error(transparent)]
    Cluster(#[from] cluster::Error),
    /// The lake cannot be opened, read or written.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// The database cannot be reached or refused.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A query failed.
    #[error("step `{step}` failed: {}", first_line(source))]
    Query {
        /// The step.
        step: Step,
        /// The cause.
        #[source]
        source: Box<DataFusionError>,
    },
    /// The input cannot be read, or holds playlists that cannot be used.
    #[error("{0}")]
    BadInput(String),
    /// A step yielded no rows; its table keeps those that it had.
    #[error("step `{step}` yielded no rows, so its table stays as it was; look at its input, then run again")]
    NoRows {
        /// The step.
        step: Step,
    },
    /// A check of what a step wrote did not pass; its table keeps the rows that it had.
    #[error(
        "step `{step}` failed its {outcome}: {}; the table stays as it was; mend the slices, or let more pass with \
         --allow {}=SHARE",
        purpose(*step, outcome.check),
        outcome.check
    )]
    CheckFailed {
        /// The step.
        step: Step,
        /// What the check found.
        outcome: CheckOutcome,
    },
    /// A step yielded far more or fewer rows than it used to; its table keeps those that it had.
    #[error(
        "step `{}` yielded {finding}, so its table stays as it was; look at its input, or let it through once with \
         --row-history warn",
        finding.step
    )]
    UnusualRows {
        /// What was found.
        finding: Box<RowFinding>,
    },
    /// The rows that a step yielded are not like those of past runs; its table keeps those that it had.
    #[error(
        "step `{}` yielded rows with {drift}, so its table stays as it was; look at its input, or let it through once with \
         --row-history warn",
        drift.step
    )]
    Drifted {
        /// What was found.
        drift: Box<Drift>,
    },
    /// A model is worse than the one whose predictions are current.
    #[error(
        "step `{step}` stops, as the model {model_id} is worse than {published}, whose predictions are current: {found}, \
         where that has {expected}; look at what it was trained on, or publish it with --publish-worse"
    )]
    WorseModel {
        /// The step that would have brought it to people.
        step: Step,
        /// The new model.
        model_id: String,
        /// Its metric and figure.
        found: String,
        /// The published model.
        published: String,
        /// Its figure.
        expected: String,
    },
    /// An attempt at a step took too long.
    #[error("step `{step}` was given up after {limit:?}, its timeout_minutes in the pipeline's file")]
    TimedOut {
        /// The step.
        step: Step,
        /// The longest time that it may take.
        limit: std::time::Duration,
    },
    /// Somebody has asked for the end of the run.
    #[error("the run was cancelled by {by}")]
    Cancelled {
        /// Who.
        by: String,
    },
    /// A run cannot be gone on with, because its work is not the same any more.
    #[error(
        "run `{run_id}` cannot go on: its input, its tables or the program changed since; `segue run` begins a new run"
    )]
    Changed {
        /// The run.
        run_id: String,
    },
    /// The trainer cannot be started.
    #[error("cannot start the trainer `{binary}`: {source}; build it with `make build` or name it with --model-binary")]
    ModelMissing {
        /// Its path.
        binary: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The trainer's settings cannot be read.
    #[error("cannot read the trainer's settings `{path}`: {source}; name the file with --model-config")]
    ModelConfig {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The trainer ended with an error, which it has explained on standard error.
    #[error("step `{step}` failed: segue-model ended with {status}{}", said(last_words))]
    Model {
        /// The step.
        step: Step,
        /// Its exit status.
        status: std::process::ExitStatus,
        /// Its error with the causes, or else the last line that it wrote.
        last_words: String,
    },
    /// The trainer's report cannot be understood.
    #[error("step `{step}`: the report of segue-model cannot be understood: {reason}; are both of the same version?")]
    ModelReport {
        /// The step.
        step: Step,
        /// Why.
        reason: String,
    },
    /// A step needs what an earlier one has not yielded yet.
    #[error("step `{step}` needs the table `{table}`, which the lake does not have; run the earlier steps first")]
    MissingInput {
        /// The step.
        step: Step,
        /// The table that it needs.
        table: &'static str,
    },
    /// A table is no longer what this run wrote.
    #[error("step `{step}` needs {expected}, which this run wrote, but somebody has written {found} meanwhile")]
    Overwritten {
        /// The step.
        step: Step,
        /// The table and version that this run wrote.
        expected: String,
        /// The table and version that is current.
        found: String,
    },
    /// Another run works on the lake.
    #[error("{0}; if its process is gone, the lake is free within a minute")]
    Busy(#[source] store::Error),
    /// This process was taken for gone, and another goes on with the run or uses its lake. Nothing of that run may be
    /// recorded any more.
    #[error(transparent)]
    TakenOver(store::Error),
    /// Something was done, but the database does not know.
    #[error("cannot record {what}: {source}")]
    NotRecorded {
        /// What was done.
        what: String,
        /// The cause.
        #[source]
        source: store::Error,
    },
}

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The run failed.
    Failed,
    /// A check of the results failed.
    CheckFailed,
    /// The data is bad.
    BadData,
    /// Trying again later may help.
    Temporary,
    /// The configuration is wrong.
    Configuration,
    /// Somebody has asked for the end of the run, so nothing should begin it again by itself.
    Cancelled,
}

impl Error {
    /// Who must act.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Cancelled { .. } => ErrorClass::Cancelled,
            Self::BadInput(_) => ErrorClass::BadData,
            Self::Query { source, .. } if source.to_string().contains("bad input in ") => ErrorClass::BadData,
            Self::NoRows { .. }
            | Self::CheckFailed { .. }
            | Self::UnusualRows { .. }
            | Self::Drifted { .. }
            | Self::WorseModel { .. } => ErrorClass::CheckFailed,
            // The trainer's exit codes are those of `sysexits.h`.
            Self::Model { status, .. } => match status.code() {
                Some(65) => ErrorClass::BadData,
                Some(75) => ErrorClass::Temporary,
                Some(78) => ErrorClass::Configuration,
                _ => ErrorClass::Failed,
            },
            Self::Busy(_) | Self::TakenOver(_) | Self::Overwritten { .. } => ErrorClass::Temporary,
            Self::ModelMissing { .. } | Self::ModelConfig { .. } | Self::MissingInput { .. } | Self::Changed { .. } => {
                ErrorClass::Configuration
            }
            Self::Cluster(cluster::Error::InvalidAddress { .. }) => ErrorClass::Configuration,
            Self::Lake(lake::Error::InvalidUrl { .. } | lake::Error::FormatVersion { .. }) => ErrorClass::Configuration,
            _ => ErrorClass::Failed,
        }
    }

    /// Whether another attempt at the same step may end better. Of a job's errors only those of a cluster, a bucket or a
    /// database that did not answer do; what a query says of data and settings, it says again.
    pub fn may_pass(&self) -> bool {
        use store::Error as S;
        match self {
            Self::Busy(_) | Self::TakenOver(_) | Self::Overwritten { .. } | Self::NotRecorded { .. } => false,
            // What it was at has ended with it: the trainer's process, or the job on the cluster.
            Self::TimedOut { .. } => true,
            Self::Store(error) => matches!(error, S::Unreachable { .. } | S::NoAnswer { .. } | S::Timeout { .. }),
            Self::Lake(lake::Error::ObjectStore { source, .. } | lake::Error::LakeUnreachable { source, .. }) => {
                matches!(source, object_store::Error::Generic { .. })
            }
            Self::Cluster(error) => matches!(error, cluster::Error::Unreachable { .. }),
            // What is quoted of bad data may hold any of these words.
            Self::Query { source, .. } if self.class() != ErrorClass::BadData => {
                let text = source.to_string();
                ["Generic S3 error", "ransport error", "onnection", "FetchFailed", "ExecutorLost", "Unavailable"]
                    .iter()
                    .any(|sign| text.contains(sign))
            }
            _ => self.class() == ErrorClass::Temporary,
        }
    }

    /// The step at which it happened, if it was one.
    pub fn step(&self) -> Option<Step> {
        match self {
            Self::Query { step, .. }
            | Self::NoRows { step }
            | Self::CheckFailed { step, .. }
            | Self::WorseModel { step, .. }
            | Self::TimedOut { step, .. }
            | Self::Model { step, .. }
            | Self::ModelReport { step, .. }
            | Self::MissingInput { step, .. }
            | Self::Overwritten { step, .. } => Some(*step),
            Self::UnusualRows { finding } => Some(finding.step),
            Self::Drifted { drift } => Some(drift.step),
            _ => None,
        }
    }

    /// The error of a failure to record something: the run may be another process's by now.
    pub(crate) fn recording(what: impl Into<String>) -> impl FnOnce(store::Error) -> Self {
        use store::Error as E;
        move |source| match source {
            E::RunTaken { .. } | E::RunEnded { .. } | E::StepEnded { .. } | E::UnknownRun { .. } => {
                Self::TakenOver(source)
            }
            source => Self::NotRecorded { what: what.into(), source },
        }
    }

    pub(crate) fn query(step: Step) -> impl Fn(DataFusionError) -> Self {
        move |source| Self::Query { step, source: Box::new(source) }
    }
}

/// The message without the backtrace that an executor may append.
fn first_line(error: &DataFusionError) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

/// What a check is for, without the full stop.
fn purpose(step: Step, check: &str) -> &'static str {
    let check = Check::of(step).find(|known| known.name == check);
    check.map_or("", |check| check.purpose().trim_end_matches('.'))
}

fn said(last_words: &str) -> String {
    if last_words.is_empty() { String::new() } else { format!(": {last_words}") }
}
