//! Progress as metrics.

use std::fmt;

use prometheus::{Gauge, GaugeVec, IntCounter, IntGauge, Opts, core::Collector};

use super::{Progress, ValidationPoint};

/// Tells Prometheus what it passes on to another one.
pub struct MeteredProgress {
    inner: Box<dyn Progress>,
    epoch: IntGauge,
    epochs: IntGauge,
    steps: IntCounter,
    loss: Gauge,
    /// By whether it is the last one or the best.
    validation: GaugeVec,
}

impl MeteredProgress {
    /// Metrics in the process's registry; those of a second training in one process are not exported.
    ///
    /// # Errors
    /// Those of prometheus, if they cannot be defined.
    pub fn registered(inner: Box<dyn Progress>) -> prometheus::Result<Self> {
        let validation = Opts::new("segue_train_validation_ndcg", "NDCG on the validation playlists: last and best.");
        let progress = Self {
            inner,
            epoch: IntGauge::new("segue_train_epoch", "Pass over the training playlists, from 1.")?,
            epochs: IntGauge::new("segue_train_planned_epochs", "Passes at most.")?,
            steps: IntCounter::new("segue_train_steps_total", "Optimiser steps that were taken.")?,
            loss: Gauge::new("segue_train_loss", "Mean training loss of the pass so far.")?,
            validation: GaugeVec::new(validation, &["which"])?,
        };
        let collectors: [Box<dyn Collector>; 5] = [
            Box::new(progress.epoch.clone()),
            Box::new(progress.epochs.clone()),
            Box::new(progress.steps.clone()),
            Box::new(progress.loss.clone()),
            Box::new(progress.validation.clone()),
        ];
        for collector in collectors {
            if let Err(error) = prometheus::default_registry().register(collector) {
                tracing::debug!(error = %error, "metric is registered already");
            }
        }
        Ok(progress)
    }
}

impl Progress for MeteredProgress {
    fn epoch_started(&mut self, epoch: u32, epochs: u32, steps: usize) {
        self.epoch.set(epoch.into());
        self.epochs.set(epochs.into());
        self.inner.epoch_started(epoch, epochs, steps);
    }

    fn step_done(&mut self, step: usize, loss: f64) {
        self.steps.inc();
        self.loss.set(loss);
        self.inner.step_done(step, loss);
    }

    fn validated(&mut self, point: &ValidationPoint, is_best: bool) {
        self.validation.with_label_values(&["last"]).set(point.validation);
        if is_best {
            self.validation.with_label_values(&["best"]).set(point.validation);
        }
        self.inner.validated(point, is_best);
    }

    fn phase(&mut self, what: &str) {
        self.inner.phase(what);
    }
}

impl fmt::Debug for MeteredProgress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MeteredProgress").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::SilentProgress;

    #[test]
    fn metrics_say_what_was_told() {
        let mut progress = MeteredProgress::registered(Box::new(SilentProgress)).unwrap();
        progress.epoch_started(2, 5, 10);
        progress.step_done(1, 3.5);
        progress.step_done(2, 3.25);
        let validated = |validation| ValidationPoint { epoch: 2, step: 12, loss: 3.0, validation };
        progress.validated(&validated(0.4), true);
        progress.validated(&validated(0.3), false);
        assert_eq!((progress.epoch.get(), progress.epochs.get(), progress.steps.get()), (2, 5, 2));
        let of = |which: &str| progress.validation.with_label_values(&[which]).get();
        assert_eq!((progress.loss.get(), of("last"), of("best")), (3.25, 0.3, 0.4));
    }
}
