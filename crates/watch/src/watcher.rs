//! The watch: waits for a reason to run, runs, tells how it went, and goes on waiting.

use std::{
    future::Future,
    net::SocketAddr,
    time::{Duration, Instant, SystemTime},
};

use pipeline::{Observer, RunOptions, RunReport, Step, Workspace};
use tokio::{sync::mpsc, time};
use tracing::{info, warn};
use udfs::scan::SliceVersions;

use crate::{
    Alarms, Error, Result, Settling, WatchSettings, cancel_note::CancelNote, lake_runs::LakeRuns, metrics::Metrics,
    news, news::News, receiver, setbacks::Setbacks,
};

/// How often deadline and metrics are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Longest wait at once; a schedule may be years away.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Runs the pipeline when there is a reason to.
#[derive(Debug)]
pub struct Watcher {
    workspace: Workspace,
    options: RunOptions,
    settings: WatchSettings,
    alarms: Alarms,
    metrics: Metrics,
    events: Option<mpsc::Receiver<()>>,
    settling: Settling,
    /// Slices at the last look, so that a delivery that goes on is waited for.
    seen: SliceVersions,
    setbacks: Setbacks,
    runs: LakeRuns,
    cancel_note: CancelNote,
    started: Instant,
}

/// Why a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Schedule,
    News,
}

/// What a watcher waits for.
enum Woken {
    Scheduled,
    Settled,
    Heard,
    Poll,
    Look,
}

impl Watcher {
    /// Prepares the watch and begins to listen for events; returns the address at which it does.
    ///
    /// # Errors
    /// [`Error::Listen`] if the port is taken.
    pub async fn try_new(
        workspace: Workspace,
        options: RunOptions,
        settings: WatchSettings,
        alarms: Alarms,
    ) -> Result<(Self, Option<SocketAddr>)> {
        let metrics = Metrics::try_new().map_err(|error| Error::NotTold(error.to_string()))?;
        let (address, events) = match settings.events {
            Some(address) => {
                let token = settings.events_token.clone();
                let (bound, events) =
                    receiver::listen(address, settings.events_tls.as_ref(), token, &options.input).await?;
                (Some(bound), Some(events))
            }
            None => (None, None),
        };
        let settling = Settling::new(settings.settle, settings.longest_settle);
        let runs = LakeRuns { store: workspace.store.clone(), lake: workspace.lake.url().to_string() };
        let watcher = Self {
            workspace,
            options,
            settings,
            alarms,
            metrics,
            events,
            settling,
            seen: SliceVersions::new(),
            setbacks: Setbacks::default(),
            cancel_note: CancelNote::of(runs.clone()),
            runs,
            started: Instant::now(),
        };
        Ok((watcher, address))
    }

    /// Watches until `stop` is ready. A run that is under way then ends as interrupted ones do.
    ///
    /// # Errors
    /// None for as long as it can go on; what fails is logged, told, and tried again.
    pub async fn watch(mut self, observer: &dyn Observer, stop: impl Future<Output = ()>) -> Result<()> {
        tokio::pin!(stop);
        self.recall().await;
        let mut look = time::interval(LOOK_EVERY);
        let mut poll = time::interval(self.settings.poll.unwrap_or(LONGEST_WAIT));
        loop {
            let wait = self.wait();
            let events = &mut self.events;
            let heard = async {
                match events {
                    Some(events) => events.recv().await.is_some(),
                    None => std::future::pending().await,
                }
            };
            let woken = tokio::select! {
                () = &mut stop => return Ok(()),
                woken = wait => woken,
                true = heard => Woken::Heard,
                _ = poll.tick() => Woken::Poll,
                _ = look.tick() => Woken::Look,
            };
            let work = self.act(woken, observer);
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = work => {}
            }
        }
    }

    /// What an earlier watch knew of a run that somebody cancelled.
    async fn recall(&mut self) {
        let Some(news) = self.news().await else { return };
        match self.cancel_note.is_about(&news.slices).await {
            Ok(true) => {
                info!("a run on the slices as they are was cancelled; they begin no other one");
                self.setbacks.cancelled(&news.slices);
            }
            Ok(false) => {}
            Err(error) => warn!(error = %error, "cannot read whether a run was cancelled"),
        }
    }

    /// Lets the next watch know on which slices a run was cancelled, or that none was.
    async fn remember(&self, cancelled: Option<&SliceVersions>) {
        let noted = match cancelled {
            Some(slices) => self.cancel_note.take(slices).await,
            None => self.cancel_note.clear().await,
        };
        if let Err(error) = noted {
            warn!(error = %error, "cannot record whether a run was cancelled");
        }
    }

    /// Waits for the schedule or for news to settle.
    fn wait(&self) -> impl Future<Output = Woken> + use<> {
        let scheduled = self.settings.schedule.as_ref().and_then(|schedule| schedule.after(SystemTime::now()));
        let scheduled = scheduled.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
        let settled = self.settling.due().map(|at| at.saturating_duration_since(Instant::now()));
        async move {
            match (scheduled, settled) {
                (Some(scheduled), settled) if settled.is_none_or(|settled| scheduled <= settled) => {
                    time::sleep(scheduled.min(LONGEST_WAIT)).await;
                    if scheduled <= LONGEST_WAIT { Woken::Scheduled } else { Woken::Look }
                }
                (_, Some(settled)) => {
                    time::sleep(settled).await;
                    Woken::Settled
                }
                _ => std::future::pending().await,
            }
        }
    }

    async fn act(&mut self, woken: Woken, observer: &dyn Observer) {
        match woken {
            Woken::Scheduled => self.run(Reason::Schedule, observer).await,
            Woken::Settled => self.run(Reason::News, observer).await,
            Woken::Heard => {
                info!("an event tells of new slices");
                self.settling.heard(Instant::now());
            }
            Woken::Poll if self.settings.poll.is_some() => self.poll().await,
            Woken::Poll | Woken::Look => self.look().await,
        }
    }

    /// Lists the input; what is new there settles as if an event had told it.
    async fn poll(&mut self) {
        let Some(news) = self.news().await else { return };
        let now = Instant::now();
        let is_due = self.setbacks.is_due(now);
        if news.pending > 0 && !self.setbacks.allow(&news.slices, now) {
            info!(
                pending = news.pending,
                "the listing shows slices on which a run failed not long ago or was cancelled"
            );
        } else if (news.pending > 0 || is_due) && (self.settling.due().is_none() || news.slices != self.seen) {
            info!(pending = news.pending, is_due, "the listing shows new slices, or a failed run is due again");
            self.settling.heard(Instant::now());
        }
        self.seen = news.slices;
    }

    async fn news(&self) -> Option<News> {
        match news::look(&self.workspace, &self.options).await {
            Ok(news) => {
                self.metrics.set_news(&news);
                Some(news)
            }
            Err(error) => {
                warn!(error = %error, "cannot look at the input");
                None
            }
        }
    }

    async fn look(&self) {
        if let Err(error) = self.metrics.refresh(&self.runs).await {
            warn!(error = %error, "cannot read the last runs");
        }
        let on_time = self.alarms.check_deadline(self.settings.deadline, self.started.elapsed()).await;
        self.note(on_time);
        if let Some(limit) = self.settings.stale_predictions.filter(|_| self.options.steps.contains(&Step::Publish)) {
            let current = self.alarms.check_predictions(limit, self.started.elapsed()).await;
            self.note(current);
        }
        if let Some(limit) = self.settings.stale_input
            && let Some(news) = self.news().await
        {
            let fresh = self.alarms.check_input(news.newest_age, limit, self.started.elapsed()).await;
            self.note(fresh);
        }
    }

    async fn run(&mut self, reason: Reason, observer: &dyn Observer) {
        self.settling.clear();
        let news = self.news().await;
        if let (Reason::News, Some(news)) = (reason, &news) {
            if news.pending == 0 && !self.setbacks.is_due(Instant::now()) {
                info!("what was told of is in the lake already");
                return;
            }
            if self.setbacks.forbid(&news.slices) {
                info!("a run on these slices was cancelled; `segue runs retry` goes on with it");
                return;
            }
        }
        let triggered_by = match reason {
            Reason::Schedule => "schedule",
            Reason::News => "new slices",
        };
        let options = RunOptions { triggered_by: triggered_by.to_owned(), ..self.options.clone() };
        let outcome: Result<RunReport, pipeline::Error> = pipeline::run(&self.workspace, &options, observer).await;
        match &outcome {
            Ok(report) => {
                self.setbacks.clear();
                self.remember(None).await;
                info!(run_id = report.run_id, duration_ms = report.duration_ms, "run succeeded");
            }
            Err(error @ (pipeline::Error::Busy(_) | pipeline::Error::TakenOver(_))) => {
                info!(error = %error, "another run is at work");
            }
            Err(error @ pipeline::Error::Cancelled { .. }) => {
                let slices = news.map(|news| news.slices).unwrap_or_default();
                self.setbacks.cancelled(&slices);
                self.remember(Some(&slices)).await;
                info!(error = %error, "run cancelled; slices as they are now begin no other one");
            }
            Err(error) => {
                let slices = news.map(|news| news.slices).unwrap_or_default();
                let pause = self.setbacks.failed(&slices, Instant::now());
                self.remember(None).await;
                warn!(error = %error, pause_s = pause.as_secs(), "run failed; listings begin another one after a pause");
            }
        }
        let told = self.alarms.run_ended(&outcome).await;
        self.note(told);
        // What the run has worked in is pending no more.
        self.news().await;
        self.look().await;
    }

    fn note(&self, told: Result<()>) {
        if let Err(error) = told {
            self.metrics.not_told.inc();
            warn!(error = %error, "people could not be told");
        }
    }
}
