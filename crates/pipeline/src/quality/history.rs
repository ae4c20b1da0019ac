//! How far a number of rows is from those of past runs.

use std::str::FromStr;

use serde::Serialize;

/// Past runs that count.
pub(crate) const LOOKED_AT: usize = 14;
/// Past runs without which nothing is judged.
pub(crate) const FEWEST: usize = 5;
/// Makes the median absolute deviation of a normal distribution its standard deviation: 1/Φ⁻¹(3/4).
const NORMAL: f64 = 1.4826;
/// Standard deviations and share of the median that both must be exceeded for a warning.
const WARN: (f64, f64) = (5.0, 0.2);
/// The same for a failure.
const FAIL: (f64, f64) = (10.0, 0.5);

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

/// Rows that a step wrote in past runs, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowHistory {
    /// Their median.
    pub median: f64,
    /// Their median absolute deviation from it.
    pub deviation: f64,
    /// How many runs that is.
    pub runs: usize,
    /// Rows of the newest.
    pub last: f64,
}

impl RowHistory {
    /// What the past says; [`None`] if it is too short.
    pub(crate) fn of(newest_first: &[u64]) -> Option<Self> {
        if newest_first.len() < FEWEST {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a median of rows need not be exact beyond 2^53")]
        let rows: Vec<f64> = newest_first.iter().take(LOOKED_AT).map(|rows| *rows as f64).collect();
        let middle = median(rows.clone());
        let deviation = median(rows.iter().map(|rows| (rows - middle).abs()).collect());
        Some(Self { median: middle, deviation, runs: rows.len(), last: rows[0] })
    }

    /// How far off a number is. One that is near what the last run had passes whatever was before: people let a change
    /// through once, not every night until the median follows.
    pub(crate) fn distance(&self, rows: u64) -> Distance {
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        let rows = rows as f64;
        let exceeds = |(deviations, share): (f64, f64)| {
            let limit = (deviations * NORMAL * self.deviation).max(share * self.median);
            (rows - self.median).abs() > limit && (rows - self.last).abs() > share * self.last
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
    fn check(past: &[u64], rows: u64, expected: Distance) {
        assert_eq!(RowHistory::of(past).unwrap().distance(rows), expected, "{rows} after {past:?}");
    }

    #[test]
    fn a_short_past_says_nothing() {
        assert_eq!(RowHistory::of(&[100; 4]), None);
        let history = RowHistory::of(&[100, 90, 110, 95, 1_000_000, 105]).unwrap();
        // Sorted 90, 95, 100, 105, 110, 1000000; deviations from 102.5 sorted 2.5, 2.5, 7.5, 7.5, 12.5, …
        assert_eq!((history.median, history.deviation, history.runs), (102.5, 7.5, 6));
    }

    #[test]
    fn rows_are_near_far_or_very_far() {
        let steady = [1000; 14];
        check(&steady, 1199, Distance::Near);
        check(&steady, 1201, Distance::Far);
        check(&steady, 799, Distance::Far);
        check(&steady, 499, Distance::VeryFar);
        check(&steady, 0, Distance::VeryFar);
        // The median is 1000 and the deviation 300: five deviations are 2224, more than 20 % of the median.
        check(&[1000, 700, 1300, 700, 1300, 1000, 700], 1600, Distance::Near);
        // One outlier does not move the bounds.
        check(&[1000, 1000, 90_000, 1000, 1000, 1000], 2_000, Distance::VeryFar);
    }

    #[test]
    fn what_was_let_through_once_passes() {
        check(&[400, 1000, 1000, 1000, 1000, 1000], 410, Distance::Near);
        check(&[400, 1000, 1000, 1000, 1000, 1000], 150, Distance::VeryFar);
    }
}
