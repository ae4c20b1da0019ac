//! The rows of a step beside those of past runs on the same lake and input.

use std::fmt;

use serde::Serialize;
use store::Store;
use tracing::warn;

use super::history::{Distance, History, LOOKED_AT, RowPolicy, Scale};
use crate::{Error, PIPELINE, Result, RunOptions, Step};

/// Rows that are far from what a step used to yield.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowFinding {
    /// The step.
    pub step: Step,
    /// Rows of its table.
    pub rows: u64,
    /// How far that is.
    pub distance: Distance,
    /// From what.
    pub history: History,
}

impl fmt::Display for RowFinding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let History { median, deviation, runs, last } = self.history;
        write!(
            formatter,
            "{} rows where the last {runs} runs had {median:.0} (median; median deviation {deviation:.0}, last {last:.0})",
            self.rows
        )
    }
}

/// Judges the rows of steps.
pub(crate) struct Judge<'a> {
    pub(crate) store: &'a Store,
    pub(crate) options: &'a RunOptions,
    /// Address of the lake, as runs are recorded with it.
    pub(crate) lake: &'a str,
}

impl Judge<'_> {
    /// What is remarkable about the rows of a step's table; fails if they are too far from those of past runs.
    ///
    /// Only runs that succeeded and wrote the table count: those that found nothing to do say nothing about rows.
    pub(crate) async fn rows(&self, step: Step, rows: u64) -> Result<Option<RowFinding>> {
        let policy = self.options.row_history;
        // What cannot be used varies as it likes, and has a policy of its own.
        if policy == RowPolicy::Off || step == Step::Quarantine {
            return Ok(None);
        }
        let input = self.options.input.as_str();
        let past = self.store.past_rows(PIPELINE, step.name(), self.lake, input, LOOKED_AT).await?;
        #[expect(clippy::cast_precision_loss, reason = "rows need not be exact beyond 2^53 to be far from others")]
        let (past, number) = (past.into_iter().map(|rows| rows as f64).collect::<Vec<_>>(), rows as f64);
        let Some(history) = History::of(&past) else { return Ok(None) };
        let distance = history.distance(number, Scale::Amount);
        let finding = RowFinding { step, rows, distance, history };
        match distance {
            Distance::Near => Ok(None),
            Distance::VeryFar if policy == RowPolicy::Fail => Err(Error::UnusualRows { finding: Box::new(finding) }),
            _ => {
                warn!(step = %step, rows, median = finding.history.median, "rows are far from those of past runs");
                Ok(Some(finding))
            }
        }
    }
}
