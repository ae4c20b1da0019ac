//! How far a number of rows, or a measure of them, is from those of past runs.

use std::str::FromStr;

use serde::Serialize;

/// Past runs that count.
pub(crate) const LOOKED_AT: usize = 14;
/// Past runs without which nothing is judged.
pub(crate) const FEWEST: usize = 5;
/// Makes the median absolute deviation of a normal distribution its standard deviation: 1/Φ⁻¹(3/4).
const NORMAL: f64 = 1.4826;
/// What must be exceeded for a warning: standard deviations, share of the median, and for shares the difference itself.
const WARN: Limits = Limits { deviations: 5.0, of_median: 0.2, difference: 0.02 };
/// The same for a failure.
const FAIL: Limits = Limits { deviations: 10.0, of_median: 0.5, difference: 0.1 };

struct Limits {
    deviations: f64,
    of_median: f64,
    difference: f64,
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// One that is judged by its size, such as rows or milliseconds.
    Amount,
    /// A share from 0 to 1, which may be 0 for years: only a difference that matters counts.
    Share,
}

/// What happens when a step yields far more or fewer rows than it used to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowPolicy {
    /// Nothing.
    Off,
    /// People are told.
    Warn,
    /// People are told, and if it is very far the run fails.
    #[default]
    Fail,
}

impl FromStr for RowPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "warn" => Ok(Self::Warn),
            "fail" => Ok(Self::Fail),
            other => Err(format!("unknown policy `{other}`: expected off, warn or fail")),
        }
    }
}

/// How far off a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// As usual.
    Near,
    /// Far enough for people to look.
    Far,
    /// So far that something must be wrong.
    VeryFar,
}

/// A number in past runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    /// Their median.
    pub median: f64,
    /// Their median absolute deviation from it.
    pub deviation: f64,
    /// How many runs that is.
    pub runs: usize,
    /// That of the newest.
    pub last: f64,
}

impl History {
    /// What the past says; [`None`] if it is too short.
    pub(crate) fn of(newest_first: &[f64]) -> Option<Self> {
        if newest_first.len() < FEWEST {
            return None;
        }
        let numbers = &newest_first[..newest_first.len().min(LOOKED_AT)];
        let middle = median(numbers.to_vec());
        let deviation = median(numbers.iter().map(|number| (number - middle).abs()).collect());
        Some(Self { median: middle, deviation, runs: numbers.len(), last: numbers[0] })
    }

    /// How far off a number is. One that is near what the last run had passes whatever was before: people let a change
    /// through once, not every night until the median follows.
    pub(crate) fn distance(&self, number: f64, scale: Scale) -> Distance {
        let exceeds = |limits: Limits| {
            let least = if scale == Scale::Share { limits.difference } else { 0.0 };
            let far =
                (limits.deviations * NORMAL * self.deviation).max(limits.of_median * self.median.abs()).max(least);
            let from_last = (limits.of_median * self.last.abs()).max(least);
            (number - self.median).abs() > far && (number - self.last).abs() > from_last
        };
        match (exceeds(FAIL), exceeds(WARN)) {
            (true, _) => Distance::VeryFar,
            (_, true) => Distance::Far,
            _ => Distance::Near,
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(past: &[f64], rows: f64, expected: Distance) {
        assert_eq!(History::of(past).unwrap().distance(rows, Scale::Amount), expected, "{rows} after {past:?}");
    }

    #[test]
    fn a_short_past_says_nothing() {
        assert_eq!(History::of(&[100.0; 4]), None);
        let history = History::of(&[100.0, 90.0, 110.0, 95.0, 1e6, 105.0]).unwrap();
        // Sorted 90, 95, 100, 105, 110, 1000000; deviations from 102.5 sorted 2.5, 2.5, 7.5, 7.5, 12.5, …
        assert_eq!((history.median, history.deviation, history.runs), (102.5, 7.5, 6));
    }

    #[test]
    fn rows_are_near_far_or_very_far() {
        let steady = [1000.0; 14];
        check(&steady, 1199.0, Distance::Near);
        check(&steady, 1201.0, Distance::Far);
        check(&steady, 799.0, Distance::Far);
        check(&steady, 499.0, Distance::VeryFar);
        check(&steady, 0.0, Distance::VeryFar);
        // The median is 1000 and the deviation 300: five deviations are 2224, more than 20 % of the median.
        check(&[1000.0, 700.0, 1300.0, 700.0, 1300.0, 1000.0, 700.0], 1600.0, Distance::Near);
        // One outlier does not move the bounds.
        check(&[1000.0, 1000.0, 90_000.0, 1000.0, 1000.0, 1000.0], 2_000.0, Distance::VeryFar);
    }

    #[test]
    fn what_was_let_through_once_passes() {
        check(&[400.0, 1000.0, 1000.0, 1000.0, 1000.0, 1000.0], 410.0, Distance::Near);
        check(&[400.0, 1000.0, 1000.0, 1000.0, 1000.0, 1000.0], 150.0, Distance::VeryFar);
    }

    #[test]
    fn a_share_must_differ_by_something_that_matters() {
        let of = |past: f64, share: f64| History::of(&[past; 5]).unwrap().distance(share, Scale::Share);
        assert_eq!((of(0.0, 0.019), of(0.0, 0.021), of(0.0, 0.11)), (Distance::Near, Distance::Far, Distance::VeryFar));
        assert_eq!((of(0.001, 0.015), of(0.5, 0.59), of(0.5, 0.61)), (Distance::Near, Distance::Near, Distance::Far));
        assert_eq!((of(0.3, 0.0), of(1.0, 0.4)), (Distance::VeryFar, Distance::VeryFar));
    }
}
