//! Who is told how training goes.

use super::ValidationPoint;

/// Is told how training goes; none of it changes what is learnt.
pub trait Progress {
    /// A pass begins.
    fn epoch_started(&mut self, epoch: u32, epochs: u32, steps: usize);

    /// A step is done; `loss` is the mean over the pass so far.
    fn step_done(&mut self, step: usize, loss: f64);

    /// A validation is done.
    fn validated(&mut self, point: &ValidationPoint, is_best: bool);

    /// Something else is being done now, in a few words.
    fn phase(&mut self, what: &str);
}
