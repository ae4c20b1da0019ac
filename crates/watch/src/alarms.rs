//! Tells people when something is wrong, once, and when it is well again.

use std::time::Duration;

use notify::{Notification, Notifier, Severity};
use pipeline::{Error as RunError, PIPELINE, RunReport, Step, StepReport};
use store::{RunStatus, Store};
use url::Url;

use crate::{Error, Result, digest, lake_runs::LakeRuns};

/// State of what is well.
const WELL: &str = "ok";

/// Tells people, and remembers in the database what they were told.
#[derive(Debug)]
pub struct Alarms {
    runs: LakeRuns,
    notifier: Notifier,
}

impl Alarms {
    /// Alarms about the runs on a lake, at the address under which they are recorded, through these channels.
    pub fn new(store: Store, lake: &Url, notifier: Notifier) -> Self {
        Self { runs: LakeRuns { store, lake: lake.to_string() }, notifier }
    }

    /// Tells how a run ended: that it failed, once for each run and reason, and that all is well again.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::NotTold`] if a channel did not take it.
    pub async fn run_ended(&self, outcome: &Result<RunReport, RunError>) -> Result<()> {
        let key = format!("{PIPELINE}/run");
        let last = self.runs.newest().await?.into_iter().next();
        let run_id = last.map(|run| run.run_id.to_string());
        match outcome {
            Ok(report) => {
                let summary = "runs succeed again".to_owned();
                let notice = notification(&key, Severity::Resolved, summary, Some(report.run_id.clone()));
                self.tell(WELL, notice).await?;
                self.rows_of(report).await
            }
            // Somebody asked for it, and knows.
            Err(RunError::Cancelled { .. }) => Ok(()),
            // Another run is at work, and will tell how it ends.
            Err(RunError::Busy(_) | RunError::TakenOver(_)) => Ok(()),
            Err(error) => {
                let step = error.step().map(Step::name);
                let state = format!("failed:{}:{}", run_id.as_deref().unwrap_or("none"), step.unwrap_or("start"));
                let next = next_action(error, run_id.as_deref());
                let at = step.map_or_else(|| "a run failed".to_owned(), |step| format!("a run failed at step {step}"));
                let notice = Notification {
                    step: step.map(str::to_owned),
                    reason: Some(error.to_string()),
                    next_action: Some(next),
                    ..notification(&key, Severity::Page, at, run_id)
                };
                self.tell(&state, notice).await
            }
        }
    }

    /// Tells of steps whose rows are far from those of past runs, and when they are as usual again.
    async fn rows_of(&self, report: &RunReport) -> Result<()> {
        for step in report.steps.iter().filter(|step| !step.unchanged && !step.resumed) {
            let key = format!("{PIPELINE}/rows/{}", step.step);
            let run_id = Some(report.run_id.clone());
            let (state, notice) = match &step.unusual {
                None => {
                    let summary = format!("rows of step {} are as usual again", step.step);
                    (WELL.to_owned(), notification(&key, Severity::Resolved, summary, run_id))
                }
                Some(finding) => {
                    let summary = format!("rows of step {} are far from those of past runs", step.step);
                    let notice = Notification {
                        step: Some(step.step.name().to_owned()),
                        reason: Some(finding.to_string()),
                        next_action: Some(format!("segue runs show {}", report.run_id)),
                        ..notification(&key, Severity::Warning, summary, run_id)
                    };
                    (format!("unusual:{}", report.run_id), notice)
                }
            };
            self.tell(&state, notice).await?;
            self.drifts_of(report, step).await?;
            if step.step == Step::Playlists {
                self.fields_of(report, step).await?;
            }
        }
        Ok(())
    }

    /// Tells of rows that are not like those of past runs, and when they are again.
    async fn drifts_of(&self, report: &RunReport, step: &StepReport) -> Result<()> {
        let key = format!("{PIPELINE}/drift/{}", step.step);
        let run_id = Some(report.run_id.clone());
        if step.drifts.is_empty() {
            let summary = format!("rows of step {} are like those of past runs again", step.step);
            return self.tell(WELL, notification(&key, Severity::Resolved, summary, run_id)).await;
        }
        let drifts: Vec<String> = step.drifts.iter().map(ToString::to_string).collect();
        let notice = Notification {
            step: Some(step.step.name().to_owned()),
            reason: Some(drifts.join("; ")),
            next_action: Some(format!("segue runs show {}; look at what delivers the slices", report.run_id)),
            ..notification(
                &key,
                Severity::Warning,
                format!("rows of step {} are not like those of past runs", step.step),
                run_id,
            )
        };
        self.tell(&format!("drifted:{}", report.run_id), notice).await
    }

    /// Tells of fields of slices that no table has, once for each set of them.
    async fn fields_of(&self, report: &RunReport, step: &StepReport) -> Result<()> {
        let key = format!("{PIPELINE}/fields");
        let run_id = Some(report.run_id.clone());
        if step.unknown_fields.is_empty() {
            let summary = "slices have no fields that tables lack any more".to_owned();
            return self.tell(WELL, notification(&key, Severity::Resolved, summary, run_id)).await;
        }
        let fields: Vec<&str> = step.unknown_fields.iter().map(String::as_str).collect();
        let state = format!("fields:{}", digest::of(fields.iter().map(|field| field.as_bytes())));
        let notice = Notification {
            step: Some(step.step.name().to_owned()),
            reason: Some(fields.join(", ")),
            next_action: Some("ask what delivers the slices whether known fields have new names".to_owned()),
            ..notification(&key, Severity::Warning, "slices have fields that no table has".to_owned(), run_id)
        };
        self.tell(&state, notice).await
    }

    /// Tells if predictions have not been brought up to date for too long. A run that finds them up to date counts.
    ///
    /// # Errors
    /// As [`Self::run_ended`].
    pub async fn check_predictions(&self, limit: Duration, watching_for: Duration) -> Result<()> {
        let last = self.runs.latest_done(Step::Publish).await?;
        let age = last.as_ref().map_or(watching_for, |step| since(step.finished_at_us.unwrap_or(step.started_at_us)));
        let key = format!("{PIPELINE}/predictions");
        if age <= limit {
            let summary = "predictions are up to date again".to_owned();
            return self.tell(WELL, notification(&key, Severity::Resolved, summary, None)).await;
        }
        let notice = Notification {
            step: Some(Step::Publish.name().to_owned()),
            reason: Some(match &last {
                Some(step) => format!("the last run that brought them up to date was {}", step.run_id),
                None => "no run ever published any".to_owned(),
            }),
            next_action: Some("segue runs".to_owned()),
            ..notification(&key, Severity::Page, format!("predictions are {} old", hours(age)), None)
        };
        self.tell("stale", notice).await
    }

    /// Tells if no run has succeeded for too long, also if none was ever begun.
    ///
    /// # Errors
    /// As [`Self::run_ended`].
    pub async fn check_deadline(&self, deadline: Duration, watching_for: Duration) -> Result<()> {
        let runs = self.runs.newest().await?;
        let success = runs.iter().find(|run| run.status == RunStatus::Succeeded);
        let age = success.map_or(watching_for, |run| since(run.finished_at_us.unwrap_or(run.started_at_us)));
        let key = format!("{PIPELINE}/deadline");
        if age <= deadline {
            let summary = "a run has succeeded in time again".to_owned();
            return self.tell(WELL, notification(&key, Severity::Resolved, summary, None)).await;
        }
        let notice = Notification {
            reason: Some(match success {
                Some(run) => format!("the last that did was {}", run.run_id),
                None => "none ever did".to_owned(),
            }),
            next_action: Some("segue runs".to_owned()),
            ..notification(&key, Severity::Page, format!("no run has succeeded for {}", hours(age)), None)
        };
        self.tell("late", notice).await
    }

    /// Tells if the newest slice is too old.
    ///
    /// # Errors
    /// As [`Self::run_ended`].
    pub async fn check_input(
        &self,
        newest_age: Option<Duration>,
        limit: Duration,
        watching_for: Duration,
    ) -> Result<()> {
        let key = format!("{PIPELINE}/input");
        match newest_age {
            // The first delivery is waited for as long as any other.
            None if watching_for <= limit => Ok(()),
            Some(age) if age <= limit => {
                let summary = "new slices have come".to_owned();
                self.tell(WELL, notification(&key, Severity::Resolved, summary, None)).await
            }
            age => {
                let summary = match age {
                    Some(age) => format!("the newest slice is {} old", hours(age)),
                    None => "there is no slice at the input".to_owned(),
                };
                let next = Some("look at what delivers the slices".to_owned());
                let notice = Notification { next_action: next, ..notification(&key, Severity::Warning, summary, None) };
                self.tell("stale", notice).await
            }
        }
    }

    /// Tells people unless they were told of this state last. That something is well is told only if it was not.
    async fn tell(&self, state: &str, notification: Notification) -> Result<()> {
        let key = self.runs.key(&notification.key);
        let before = self.runs.store.notice(&key).await?;
        if before.as_deref() == Some(state) {
            return Ok(());
        }
        if state != WELL || before.is_some() {
            let failures = self.notifier.tell(&notification).await;
            if !failures.is_empty() {
                let reasons: Vec<String> = failures.iter().map(ToString::to_string).collect();
                return Err(Error::NotTold(reasons.join("; ")));
            }
        }
        Ok(self.runs.store.record_notice(&key, state).await?)
    }
}

fn notification(key: &str, severity: Severity, summary: String, run_id: Option<String>) -> Notification {
    Notification {
        key: key.to_owned(),
        severity,
        summary,
        pipeline: PIPELINE.to_owned(),
        run_id,
        step: None,
        reason: None,
        next_action: None,
    }
}

/// What people should do about a failure.
fn next_action(error: &RunError, run_id: Option<&str>) -> String {
    match (error, run_id) {
        (RunError::WorseModel { .. }, Some(run_id)) => {
            format!("segue runs show {run_id}; to publish it nevertheless, segue runs retry {run_id} --publish-worse")
        }
        (RunError::UnusualRows { .. } | RunError::Drifted { .. }, Some(run_id)) => {
            format!("segue runs show {run_id}; if they are right, segue runs retry {run_id} --accept-rows")
        }
        (_, Some(run_id)) => format!("segue runs show {run_id}"),
        (_, None) => "segue doctor".to_owned(),
    }
}

/// How long ago a moment of the store was.
fn since(moment_us: i64) -> Duration {
    let moment = Duration::from_micros(u64::try_from(moment_us).unwrap_or_default());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(moment)
}

fn hours(age: Duration) -> String {
    match age.as_secs() {
        seconds if seconds < 3600 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}
