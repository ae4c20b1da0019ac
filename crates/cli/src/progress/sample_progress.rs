//! Progress of the making of sample slices.

use std::{
    io::{self, IsTerminal, Write},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use sample::Progress;

use crate::units;

/// Shortest time between two lines of a log.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
const TEMPLATE: &str = "{bar:30} {pos}/{len} slices {elapsed} {wide_msg}";

/// Shows how many slices are made, on standard error.
#[derive(Debug)]
pub(crate) enum SampleProgress {
    /// Nobody wants to know.
    Silent,
    /// A person watches.
    Bar(ProgressBar),
    /// It is written down.
    Lines { last_line: Mutex<Instant> },
}

impl SampleProgress {
    pub(crate) fn start(slices: u32, is_quiet: bool) -> Self {
        if is_quiet {
            return Self::Silent;
        }
        if !io::stderr().is_terminal() {
            return Self::Lines { last_line: Mutex::new(Instant::now()) };
        }
        let bar = ProgressBar::new(u64::from(slices));
        // The template is a constant; if it were wrong, the default style would do.
        bar.set_style(ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self::Bar(bar)
    }

    /// Shows that another slice is made; may be called from any thread.
    pub(crate) fn show(&self, progress: Progress) {
        let Progress { slices_done, slices, bytes, .. } = progress;
        match self {
            Self::Silent => {}
            Self::Bar(bar) => {
                bar.set_position(u64::from(slices_done));
                bar.set_message(units::bytes(bytes));
            }
            Self::Lines { last_line } => {
                let mut last_line = last_line.lock().unwrap_or_else(PoisonError::into_inner);
                if last_line.elapsed() >= LINE_INTERVAL {
                    *last_line = Instant::now();
                    // Slices must not fail because nobody reads the log.
                    let _ = writeln!(io::stderr(), "{slices_done}/{slices} slices, {}", units::bytes(bytes));
                }
            }
        }
    }
}

impl Drop for SampleProgress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
