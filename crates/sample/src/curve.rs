//! Distributions given by their quantiles.

/// A distribution whose inverse cumulative function is linear between knots.
///
/// Only additions, multiplications and divisions are used, so a quantile gives the same number on
/// every platform.
#[derive(Debug)]
pub(crate) struct Curve {
    knots: &'static [(f64, f64)],
}

impl Curve {
    /// Takes `(quantile, value)` pairs that ascend in both; the first quantile is 0, the last 1.
    pub(crate) const fn new(knots: &'static [(f64, f64)]) -> Self {
        Self { knots }
    }

    /// Returns the value at a quantile in `[0, 1)`, rounded down.
    pub(crate) fn at(&self, quantile: f64) -> u32 {
        let after = self.knots.partition_point(|knot| knot.0 <= quantile).clamp(1, self.knots.len() - 1);
        let (from, to) = (self.knots[after - 1], self.knots[after]);
        truncate(from.1 + (to.1 - from.1) * (quantile - from.0) / (to.0 - from.0))
    }
}

/// Rounds a number towards zero; negative numbers give 0 and large ones `u32::MAX`.
#[expect(clippy::cast_possible_truncation, reason = "rounding down is the purpose, and the cast saturates")]
pub(crate) fn truncate(value: f64) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_between_knots() {
        #[track_caller]
        fn check(quantile: f64, expected: u32) {
            static CURVE: Curve = Curve::new(&[(0.0, 5.0), (0.5, 10.0), (1.0, 251.0)]);
            assert_eq!(CURVE.at(quantile), expected);
        }
        check(0.0, 5);
        check(0.25, 7);
        check(0.5, 10);
        check(0.75, 130);
        check(0.999_999_999, 250);
    }

    #[test]
    fn truncates_and_saturates() {
        #[track_caller]
        fn check(value: f64, expected: u32) {
            assert_eq!(truncate(value), expected);
        }
        check(0.99, 0);
        check(7.0, 7);
        check(-3.0, 0);
        check(1e12, u32::MAX);
    }
}
