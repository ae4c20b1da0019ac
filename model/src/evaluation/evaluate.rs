//! Runs a recommender over an evaluation set.

use std::{collections::BTreeMap, time::Instant};

use rayon::prelude::*;

use super::{Comparison, Coverage, EvaluationSet, RecommenderMetrics};
use crate::{
    Result,
    metrics::{Bootstrap, LIST_LENGTH, Metric},
    recommender::{Recommendation, Recommender, rank},
};

/// How one recommender did, playlist by playlist.
#[derive(Debug, Clone)]
pub struct Evaluation {
    recommender: &'static str,
    /// One value for each playlist, by name of the metric.
    values: BTreeMap<&'static str, Vec<f64>>,
    coverage: Coverage,
    seconds: f64,
}

impl Evaluation {
    /// Sums up with confidence intervals.
    pub fn summary(&self, bootstrap: Bootstrap) -> RecommenderMetrics {
        let interval = |(name, values): (&&str, &Vec<f64>)| ((*name).to_owned(), bootstrap.interval(values));
        RecommenderMetrics {
            metrics: self.values.iter().map(interval).collect(),
            coverage: self.coverage,
            seconds: self.seconds,
        }
    }

    /// Compares with another recommender on the same playlists, pair by pair.
    pub fn compare(&self, baseline: &Self, bootstrap: Bootstrap) -> Comparison {
        let difference = |(name, values): (&&'static str, &Vec<f64>)| {
            let baseline = baseline.values.get(name).map_or(&[][..], Vec::as_slice);
            let differences: Vec<f64> = values.iter().zip(baseline).map(|(own, other)| own - other).collect();
            ((*name).to_owned(), bootstrap.interval(&differences))
        };
        Comparison {
            recommender: self.recommender.to_owned(),
            baseline: baseline.recommender.to_owned(),
            differences: self.values.iter().map(difference).collect(),
        }
    }

    /// The same under another name.
    #[must_use]
    pub fn named(self, recommender: &'static str) -> Self {
        Self { recommender, ..self }
    }

    /// The recommender's name.
    pub fn recommender(&self) -> &'static str {
        self.recommender
    }
}

/// Ranks and judges all playlists of a set by some metrics; `counts` are the training playlists that hold each item.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a score is not a number.
pub fn evaluate(
    recommender: &dyn Recommender,
    set: &EvaluationSet<'_>,
    metrics: &[&dyn Metric],
    counts: &[u32],
) -> Result<Evaluation> {
    let started = Instant::now();
    let length = metrics.iter().map(|metric| metric.list_length()).max().unwrap_or(LIST_LENGTH);
    let lists = rank(recommender, set.queries(), length)?;
    let seconds = started.elapsed().as_secs_f64();
    let rows = judge_all(set, &lists, metrics);
    let column = |number: usize| rows.iter().map(|row| row[number]).collect();
    let values = metrics.iter().enumerate().map(|(number, metric)| (metric.name(), column(number))).collect();
    let coverage = Coverage::measure(&lists, counts);
    Ok(Evaluation { recommender: recommender.name(), values, coverage, seconds })
}

/// Mean of one metric alone, for validation.
///
/// # Errors
/// As [`evaluate`].
pub fn mean_of(metric: &dyn Metric, recommender: &dyn Recommender, set: &EvaluationSet<'_>) -> Result<f64> {
    Ok(mean(&values_of(metric, recommender, set)?))
}

/// One metric alone, playlist by playlist.
///
/// # Errors
/// As [`evaluate`].
pub fn values_of(metric: &dyn Metric, recommender: &dyn Recommender, set: &EvaluationSet<'_>) -> Result<Vec<f64>> {
    let lists = rank(recommender, set.queries(), metric.list_length())?;
    Ok(judge_all(set, &lists, &[metric]).iter().map(|row| row[0]).collect())
}

/// Mean of values; 0 of none.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn judge_all(set: &EvaluationSet<'_>, lists: &[Vec<Recommendation>], metrics: &[&dyn Metric]) -> Vec<Vec<f64>> {
    lists.par_iter().enumerate().map(|(place, list)| set.judge(place, list, metrics)).collect()
}
