//! Progress as plain lines.

use std::{
    fmt,
    io::Write,
    time::{Duration, Instant},
};

use super::{Progress, ValidationPoint};

/// Writes a line at every validation and phase, and at least every ten seconds while steps are being done. For logs and
/// pipes, where a bar would be noise.
pub struct LineProgress<W> {
    output: W,
    interval: Duration,
    started: Instant,
    last: Instant,
    epoch: u32,
    epochs: u32,
    steps: usize,
    /// When the first step that is seen here began, and its number over all passes.
    first: Option<(Instant, usize)>,
}

impl<W: Write> LineProgress<W> {
    /// Writes to `output`; `interval` is the longest silence while steps are being done.
    pub fn new(output: W, interval: Duration) -> Self {
        let now = Instant::now();
        Self { output, interval, started: now, last: now, epoch: 0, epochs: 0, steps: 0, first: None }
    }

    fn line(&mut self, text: fmt::Arguments<'_>) {
        self.last = Instant::now();
        let seconds = self.started.elapsed().as_secs_f64();
        // Training must not fail because nobody reads its log.
        let _ = writeln!(self.output, "[{seconds:6.1} s] {text}");
    }

    /// Seconds that all planned passes still take at the pace so far; training may end before.
    fn seconds_left(&self, step: usize) -> Option<f64> {
        let (began, first) = self.first?;
        let before = self.epoch.saturating_sub(1) as usize * self.steps;
        let (done, left) = (before + step - first, (self.epochs as usize * self.steps).saturating_sub(before + step));
        Some(began.elapsed().as_secs_f64() / done.max(1) as f64 * left as f64)
    }
}

impl<W: Write> Progress for LineProgress<W> {
    fn epoch_started(&mut self, epoch: u32, epochs: u32, steps: usize) {
        (self.epoch, self.epochs, self.steps) = (epoch, epochs, steps);
    }

    fn step_done(&mut self, step: usize, loss: f64) {
        let left = self.seconds_left(step).map(|seconds| format!(", about {seconds:.0} s left")).unwrap_or_default();
        if self.first.is_none() {
            self.first = Some((Instant::now(), self.epoch.saturating_sub(1) as usize * self.steps + step));
        }
        if self.last.elapsed() >= self.interval {
            let (epoch, epochs, steps) = (self.epoch, self.epochs, self.steps);
            self.line(format_args!("epoch {epoch}/{epochs}, step {step}/{steps}, loss {loss:.4}{left}"));
        }
    }

    fn validated(&mut self, point: &ValidationPoint, is_best: bool) {
        let mark = if is_best { ", best so far" } else { "" };
        let ValidationPoint { epoch, step, loss, validation } = point;
        self.line(format_args!("epoch {epoch}, step {step}: loss {loss:.4}, validation ndcg {validation:.4}{mark}"));
    }

    fn phase(&mut self, what: &str) {
        self.line(format_args!("{what}"));
    }
}

impl<W> fmt::Debug for LineProgress<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LineProgress").field("interval", &self.interval).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_when_the_interval_has_passed() {
        check(Duration::ZERO, 3);
        check(Duration::from_secs(3600), 0);
    }

    #[track_caller]
    fn check(interval: Duration, expected_lines: usize) {
        let mut output = Vec::new();
        let mut progress = LineProgress::new(&mut output, interval);
        progress.epoch_started(2, 4, 3);
        for step in 1..=3 {
            progress.step_done(step, 1.5);
        }
        let text = String::from_utf8(output).unwrap();
        assert_eq!(text.lines().count(), expected_lines);
        let told = |line: &str| line.contains("epoch 2/4, step") && line.contains("loss 1.5000");
        assert!(text.lines().all(told), "{text}");
        // How long a step takes is not known before the first one ends.
        assert_eq!(text.matches(" s left").count(), expected_lines.saturating_sub(1), "{text}");
    }
}
