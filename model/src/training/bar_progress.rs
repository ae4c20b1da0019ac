//! Progress as a bar.

use indicatif::{ProgressBar, ProgressStyle};

use super::{Progress, ValidationPoint};

const TEMPLATE: &str = "{prefix} [{bar:30}] {pos}/{len} steps, {msg} ({elapsed}, {eta} left)";

/// Draws a bar for each pass on standard error; for people at a terminal.
#[derive(Debug)]
pub struct BarProgress {
    bar: ProgressBar,
}

impl Default for BarProgress {
    fn default() -> Self {
        let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { bar: ProgressBar::new(0).with_style(style.progress_chars("=> ")) }
    }
}

impl Progress for BarProgress {
    fn epoch_started(&mut self, epoch: u32, epochs: u32, steps: usize) {
        self.bar.reset();
        self.bar.set_length(steps as u64);
        self.bar.set_prefix(format!("epoch {epoch}/{epochs}"));
    }

    fn step_done(&mut self, step: usize, loss: f64) {
        self.bar.set_position(step as u64);
        self.bar.set_message(format!("loss {loss:.4}"));
    }

    fn validated(&mut self, point: &ValidationPoint, is_best: bool) {
        let mark = if is_best { ", best so far" } else { "" };
        let ValidationPoint { epoch, loss, validation, .. } = point;
        self.bar.println(format!("epoch {epoch}: loss {loss:.4}, validation ndcg {validation:.4}{mark}"));
    }

    fn phase(&mut self, what: &str) {
        self.bar.println(what);
    }
}

impl Drop for BarProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
