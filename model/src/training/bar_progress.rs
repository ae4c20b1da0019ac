//! Progress as a bar.

use indicatif::{ProgressBar, ProgressStyle};

use super::{Progress, ValidationPoint};

const TEMPLATE: &str = "{prefix} [{bar:30}] {pos}/{len} steps, {msg} ({elapsed}, {eta} left)";

/// Draws a bar over all planned passes on standard error; for people at a terminal. Training may end before its time.
#[derive(Debug)]
pub struct BarProgress {
    bar: ProgressBar,
    /// Steps of the passes before this one.
    before: u64,
    /// The last validation, to be shown beside the loss.
    validation: String,
}

impl Default for BarProgress {
    fn default() -> Self {
        let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(0).with_style(style.progress_chars("=> "));
        Self { bar, before: 0, validation: String::new() }
    }
}

impl Progress for BarProgress {
    fn epoch_started(&mut self, epoch: u32, epochs: u32, steps: usize) {
        let steps = steps as u64;
        self.before = u64::from(epoch.saturating_sub(1)) * steps;
        self.bar.set_length(u64::from(epochs) * steps);
        if self.bar.position() == 0 {
            // What came before the first step, or in a run before this one, says nothing of the time that is left.
            self.bar.reset();
            self.bar.set_position(self.before);
            self.bar.reset_eta();
        }
        self.bar.set_prefix(format!("epoch {epoch}/{epochs}"));
    }

    fn step_done(&mut self, step: usize, loss: f64) {
        self.bar.set_position(self.before + step as u64);
        self.bar.set_message(format!("loss {loss:.4}{}", self.validation));
    }

    fn validated(&mut self, point: &ValidationPoint, is_best: bool) {
        let mark = if is_best { ", best so far" } else { "" };
        let ValidationPoint { epoch, loss, validation, .. } = point;
        self.validation = format!(", ndcg {validation:.4}");
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
