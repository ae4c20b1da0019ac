//! Progress of a pipeline run.

use std::{
    io::{self, IsTerminal},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use pipeline::{Event, Observer};
use tokio::task::JoinHandle;

use super::{run_bar::RunBar, run_lines::RunLines};

/// Longest silence in a log.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
/// Time between two looks at how long it has been silent.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Shows a run's events on standard error in the way that suits it, until dropped.
#[derive(Debug)]
pub(crate) enum RunProgress {
    /// Nobody wants to know.
    Silent,
    /// A person watches.
    Bar(RunBar),
    /// It is written down.
    Lines { lines: Arc<Mutex<RunLines<io::Stderr>>>, ticker: JoinHandle<()> },
}

impl RunProgress {
    /// Starts showing; needs a runtime.
    pub(crate) fn start(is_quiet: bool) -> Self {
        if is_quiet {
            return Self::Silent;
        }
        if io::stderr().is_terminal() {
            return Self::Bar(RunBar::new());
        }
        let lines = Arc::new(Mutex::new(RunLines::new(io::stderr(), LONGEST_SILENCE)));
        let ticking = Arc::clone(&lines);
        let ticker = tokio::spawn(async move {
            let mut interval = tokio::time::interval(LOOK_INTERVAL);
            loop {
                interval.tick().await;
                ticking.lock().unwrap_or_else(PoisonError::into_inner).tick(Instant::now());
            }
        });
        Self::Lines { lines, ticker }
    }
}

impl Observer for RunProgress {
    fn notify(&self, event: &Event) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.show(event),
            Self::Lines { lines, .. } => {
                lines.lock().unwrap_or_else(PoisonError::into_inner).write(event, Instant::now());
            }
        }
    }
}

impl Drop for RunProgress {
    fn drop(&mut self) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.clear(),
            Self::Lines { ticker, .. } => ticker.abort(),
        }
    }
}
