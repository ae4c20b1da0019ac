//! How large a step is.

use crate::config::OptimiserConfig;

/// Step size over the course of a run: up a line over the warm-up, then down a line to its final share.
#[derive(Debug, Clone)]
pub struct LearningRate {
    peak: f64,
    warmup_steps: f64,
    final_fraction: f64,
    planned_steps: f64,
}

impl LearningRate {
    /// Plans a run of so many steps.
    pub fn new(config: &OptimiserConfig, planned_steps: u64) -> Self {
        Self {
            peak: config.learning_rate,
            warmup_steps: f64::from(config.warmup_steps),
            final_fraction: config.final_fraction,
            planned_steps: planned_steps as f64,
        }
    }

    /// Step size of a step, counted from 1.
    pub fn at(&self, step: u64) -> f64 {
        let step = step as f64;
        if step <= self.warmup_steps {
            return self.peak * step / self.warmup_steps;
        }
        let decay_steps = (self.planned_steps - self.warmup_steps).max(1.0);
        let progress = ((step - self.warmup_steps) / decay_steps).min(1.0);
        self.peak * (1.0 - progress * (1.0 - self.final_fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_then_falls() {
        let config =
            OptimiserConfig { learning_rate: 1.0, warmup_steps: 10, final_fraction: 0.2, ..OptimiserConfig::default() };
        let rate = LearningRate::new(&config, 110);
        for (step, expected) in [(1, 0.1), (5, 0.5), (10, 1.0), (60, 0.6), (110, 0.2), (500, 0.2)] {
            assert!((rate.at(step) - expected).abs() < 1e-12, "step {step}: {}", rate.at(step));
        }
    }
}
