//! A run as plain lines, for logs and pipes.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use pipeline::{Event, Step, StepReport};

use crate::units;

/// Writes a line when a step starts, ends or tells something, and at least every `silence`.
#[derive(Debug)]
pub(crate) struct RunLines<W> {
    out: W,
    silence: Duration,
    steps: Vec<Step>,
    current: Option<(Step, Instant)>,
    last_line: Option<Instant>,
}

impl<W: Write> RunLines<W> {
    pub(crate) fn new(out: W, silence: Duration) -> Self {
        Self { out, silence, steps: Vec::new(), current: None, last_line: None }
    }

    /// Writes what happened.
    pub(crate) fn write(&mut self, event: &Event, now: Instant) {
        match event {
            Event::RunStarted { run_id, resumed, steps } => {
                self.steps.clone_from(steps);
                let verb = if *resumed { "resumes" } else { "starts" };
                self.line(&format!("run {run_id} {verb}, {} steps", steps.len()), now);
            }
            Event::StepStarted { step } => {
                self.current = Some((*step, now));
                self.line(&format!("{} {step} starts", place(&self.steps, *step)), now);
            }
            Event::StepProgress { step, message, .. } => {
                self.line(&format!("{} {step}: {message}", place(&self.steps, *step)), now);
            }
            Event::StepFinished { report } => {
                self.current = None;
                self.line(&finished(&self.steps, report), now);
            }
        }
    }

    /// Writes that a step goes on, if nothing was written for long.
    pub(crate) fn tick(&mut self, now: Instant) {
        let Some((step, started)) = self.current else { return };
        let is_silent = self.last_line.is_none_or(|last| now.duration_since(last) >= self.silence);
        if is_silent {
            let elapsed = units::duration(now.duration_since(started));
            self.line(&format!("{} {step} goes on since {elapsed}", place(&self.steps, step)), now);
        }
    }

    fn line(&mut self, text: &str, now: Instant) {
        self.last_line = Some(now);
        // A run must not fail because nobody reads its log.
        let _ = writeln!(self.out, "{text}");
    }
}

/// `[2/9]`, the place of a step in a run.
pub(super) fn place(steps: &[Step], step: Step) -> String {
    let place = steps.iter().position(|known| *known == step).map_or(0, |index| index + 1);
    format!("[{place}/{}]", steps.len())
}

/// What a step did, in one line.
pub(super) fn finished(steps: &[Step], report: &StepReport) -> String {
    let mut text = format!("{} {}: ", place(steps, report.step), report.step);
    if report.resumed {
        text.push_str("was done before");
        return text;
    }
    if report.unchanged {
        text.push_str("nothing to do, its input did not change");
        return text;
    }
    text.push_str("done");
    if let Some(rows) = report.rows {
        text.push_str(&format!(", {}", units::rows(rows)));
    }
    if let Some(bytes) = report.bytes {
        text.push_str(&format!(", {}", units::bytes(bytes)));
    }
    text.push_str(&format!(", {}", units::milliseconds(report.duration_ms)));
    if let Some(unusual) = &report.unusual {
        text.push_str(&format!("; unusual: {unusual}"));
    }
    for drift in &report.drifts {
        text.push_str(&format!("; unusual: {drift}"));
    }
    if !report.unknown_fields.is_empty() {
        let fields: Vec<&str> = report.unknown_fields.iter().map(String::as_str).collect();
        text.push_str(&format!("; fields that no table has: {}", fields.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(step: Step, resumed: bool) -> Event {
        let report = StepReport {
            step,
            resumed,
            unchanged: false,
            rows: Some(1_000),
            bytes: Some(2_000),
            duration_ms: 1_500,
            output: None,
            details: None,
            unusual: None,
            drifts: Vec::new(),
            unknown_fields: std::collections::BTreeSet::new(),
        };
        Event::StepFinished { report }
    }

    #[test]
    fn is_never_silent_for_long() {
        let steps = vec![Step::Playlists, Step::Train];
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut lines = RunLines::new(Vec::new(), Duration::from_secs(10));
        lines.tick(at(0));
        lines.write(&Event::RunStarted { run_id: "r1".to_owned(), resumed: true, steps }, at(0));
        lines.write(&report(Step::Playlists, true), at(0));
        lines.write(&Event::StepStarted { step: Step::Train }, at(1));
        lines.tick(at(10));
        lines.tick(at(11));
        lines.tick(at(12));
        let message = "epoch 1".to_owned();
        lines.write(&Event::StepProgress { step: Step::Train, elapsed: Duration::ZERO, message }, at(15));
        lines.tick(at(24));
        lines.tick(at(25));
        lines.write(&report(Step::Train, false), at(26));
        lines.tick(at(60));
        let expected = "\
            run r1 resumes, 2 steps\n\
            [1/2] playlists: was done before\n\
            [2/2] train starts\n\
            [2/2] train goes on since 10.0 s\n\
            [2/2] train: epoch 1\n\
            [2/2] train goes on since 24.0 s\n\
            [2/2] train: done, 1,000 rows, 2.00 kB, 1.5 s\n";
        assert_eq!(String::from_utf8(lines.out).unwrap(), expected);
    }
}
