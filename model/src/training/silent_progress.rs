//! Nobody is told.

use super::{Progress, ValidationPoint};

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct SilentProgress;

impl Progress for SilentProgress {
    fn epoch_started(&mut self, _epoch: u32, _epochs: u32, _steps: usize) {}

    fn step_done(&mut self, _step: usize, _loss: f64) {}

    fn validated(&mut self, _point: &ValidationPoint, _is_best: bool) {}

    fn phase(&mut self, _what: &str) {}
}
