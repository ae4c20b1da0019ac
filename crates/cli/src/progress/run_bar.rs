//! A run at a terminal: a line per finished step, and one that lives.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use pipeline::{Event, Step};

use super::run_lines::{finished, place};

/// Time between two pictures.
const FRAME: Duration = Duration::from_millis(120);
const TEMPLATE: &str = "{spinner} {prefix} {elapsed} {wide_msg}";

/// The living line of a run.
#[derive(Debug)]
pub(crate) struct RunBar {
    bar: ProgressBar,
    steps: Mutex<Vec<Step>>,
}

impl RunBar {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        // The template is a constant; if it were wrong, the default style would do.
        bar.set_style(ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(FRAME);
        Self { bar, steps: Mutex::new(Vec::new()) }
    }

    pub(crate) fn show(&self, event: &Event) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::RunStarted { run_id, resumed, steps: planned } => {
                steps.clone_from(planned);
                let verb = if *resumed { "resumes" } else { "starts" };
                self.bar.println(format!("run {run_id} {verb}"));
            }
            Event::StepStarted { step } => {
                self.bar.reset_elapsed();
                self.bar.set_prefix(format!("{} {step}", place(&steps, *step)));
                self.bar.set_message("");
            }
            Event::StepProgress { message, .. } => self.bar.set_message(message.clone()),
            Event::StepFinished { report } => self.bar.println(finished(&steps, report)),
        }
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
