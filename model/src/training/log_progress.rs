//! Progress as log events.

use std::time::{Duration, Instant};

use tracing::info;

use super::{Progress, ValidationPoint};

/// Logs an event at every validation and phase, and at least every so often while steps are being done. For collectors of
/// structured logs, to whom a line in the midst of theirs is an error.
#[derive(Debug)]
pub struct LogProgress {
    interval: Duration,
    last: Instant,
    epoch: u32,
    epochs: u32,
    steps: usize,
}

impl LogProgress {
    /// Makes `interval` the longest silence while steps are being done.
    pub fn new(interval: Duration) -> Self {
        Self { interval, last: Instant::now(), epoch: 0, epochs: 0, steps: 0 }
    }
}

impl Progress for LogProgress {
    fn epoch_started(&mut self, epoch: u32, epochs: u32, steps: usize) {
        (self.epoch, self.epochs, self.steps) = (epoch, epochs, steps);
    }

    fn step_done(&mut self, step: usize, loss: f64) {
        if self.last.elapsed() >= self.interval {
            self.last = Instant::now();
            info!(epoch = self.epoch, epochs = self.epochs, step, steps = self.steps, loss, "training");
        }
    }

    fn validated(&mut self, point: &ValidationPoint, is_best: bool) {
        self.last = Instant::now();
        let ValidationPoint { epoch, step, loss, validation } = point;
        info!(epoch, step, loss, validation_ndcg = validation, is_best, "validated");
    }

    fn phase(&mut self, what: &str) {
        self.last = Instant::now();
        info!(phase = what, "phase begun");
    }
}
