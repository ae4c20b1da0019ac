//! When to stop, and which state to keep.

use serde::{Deserialize, Serialize};

/// Remembers the best validation and counts those since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EarlyStopping {
    patience: u32,
    best: Option<f64>,
    since_best: u32,
}

impl EarlyStopping {
    /// Stops after so many validations in a row without improvement.
    pub fn new(patience: u32) -> Self {
        Self { patience, best: None, since_best: 0 }
    }

    /// Takes the value of a validation, higher is better, and tells whether it is the best so far.
    pub fn improves(&mut self, value: f64) -> bool {
        let improved = self.best.is_none_or(|best| value > best);
        if improved {
            self.best = Some(value);
            self.since_best = 0;
        } else {
            self.since_best += 1;
        }
        improved
    }

    /// Whether patience is exhausted.
    pub fn exhausted(&self) -> bool {
        self.since_best >= self.patience
    }

    /// The best value so far.
    pub fn best(&self) -> Option<f64> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_when_patience_is_exhausted() {
        check(2, &[0.1, 0.2, 0.15, 0.2], Some(4), 0.2);
        check(2, &[0.1, 0.05, 0.2, 0.1], None, 0.2);
        check(1, &[0.3, 0.3], Some(2), 0.3);
    }

    #[track_caller]
    fn check(patience: u32, values: &[f64], stops_after: Option<usize>, best: f64) {
        let mut stopping = EarlyStopping::new(patience);
        let mut stopped = None;
        for (number, &value) in values.iter().enumerate() {
            stopping.improves(value);
            if stopping.exhausted() && stopped.is_none() {
                stopped = Some(number + 1);
            }
        }
        assert_eq!((stopped, stopping.best()), (stops_after, Some(best)));
    }
}
