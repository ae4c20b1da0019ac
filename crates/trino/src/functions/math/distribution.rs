//! Distribution functions and their inverses.

use arrow::array::{ArrayRef, Float64Array, Int64Array};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, functions::scalar::Call};

pub(super) const THREE: &[&str] = &["double, double, double -> double"];
pub(super) const WILSON: &[&str] = &["bigint, bigint, double -> double"];

fn bad(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

fn three(call: &Call, f: impl Fn(f64, f64, f64) -> Result<f64>) -> Result<ArrayRef> {
    call.map3::<Float64Array, Float64Array, Float64Array, _, Float64Array>(|a, b, c| f(a, b, c).map(Some))
}

pub(super) fn normal_cdf(call: &Call) -> Result<ArrayRef> {
    three(call, |mean, deviation, value| {
        if deviation <= 0.0 {
            return Err(bad("standardDeviation must be > 0"));
        }
        Ok(0.5 * libm::erfc((mean - value) / (deviation * std::f64::consts::SQRT_2)))
    })
}

pub(super) fn inverse_normal_cdf(call: &Call) -> Result<ArrayRef> {
    three(call, |mean, deviation, probability| {
        if probability <= 0.0 || probability >= 1.0 || probability.is_nan() {
            return Err(bad("p must be 0 > p > 1"));
        }
        if deviation <= 0.0 {
            return Err(bad("standardDeviation must be > 0"));
        }
        let standard = |value: f64| 0.5 * libm::erfc(-value / std::f64::consts::SQRT_2);
        Ok(mean + deviation * root(|value| standard(value) - probability, -40.0, 40.0))
    })
}

/// Where a function that grows is zero, by bisection down to neighbouring numbers.
fn root(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

fn check_shape(a: f64, b: f64) -> Result<()> {
    if a <= 0.0 || b <= 0.0 { Err(bad("a and b must be > 0")) } else { Ok(()) }
}

pub(super) fn beta_cdf(call: &Call) -> Result<ArrayRef> {
    three(call, |a, b, value| {
        check_shape(a, b)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(bad("value must be in the interval [0, 1]"));
        }
        Ok(incomplete_beta(a, b, value))
    })
}

pub(super) fn inverse_beta_cdf(call: &Call) -> Result<ArrayRef> {
    three(call, |a, b, probability| {
        check_shape(a, b)?;
        if !(0.0..=1.0).contains(&probability) {
            return Err(bad("p must be in the interval [0, 1]"));
        }
        if probability == 0.0 || probability == 1.0 {
            return Ok(probability);
        }
        Ok(root(|value| incomplete_beta(a, b, value) - probability, 0.0, 1.0))
    })
}

pub(super) fn t_cdf(call: &Call) -> Result<ArrayRef> {
    call.map2::<Float64Array, Float64Array, _, Float64Array>(|value, freedom| {
        if freedom <= 0.0 {
            return Err(bad("df must be greater than 0"));
        }
        let tail = 0.5 * incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + value * value));
        Ok(Some(if value > 0.0 { 1.0 - tail } else { tail }))
    })
}

/// The regularised incomplete beta function, by the continued fraction of DLMF 8.17.22.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast below the mean only; above it, the other tail is taken.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta).exp() / a;
    let tiny = 1e-300;
    let (mut fraction, mut c, mut d) = (1.0, 1.0, 0.0);
    for step in 0..500 {
        let m = f64::from(step / 2);
        let numerator = match step {
            0 => 1.0,
            _ if step % 2 == 0 => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            _ => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        };
        d = 1.0 + numerator * d;
        d = 1.0 / if d.abs() < tiny { tiny } else { d };
        c = 1.0 + numerator / c;
        c = if c.abs() < tiny { tiny } else { c };
        fraction *= c * d;
        if (1.0 - c * d).abs() < 1e-16 {
            break;
        }
    }
    front * (fraction - 1.0)
}

pub(super) fn wilson_lower(call: &Call) -> Result<ArrayRef> {
    wilson(call, -1.0)
}

pub(super) fn wilson_upper(call: &Call) -> Result<ArrayRef> {
    wilson(call, 1.0)
}

/// <https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval>
fn wilson(call: &Call, side: f64) -> Result<ArrayRef> {
    call.map3::<Int64Array, Int64Array, Float64Array, _, Float64Array>(|successes, trials, z| {
        if successes < 0 {
            return Err(bad("number of successes must not be negative"));
        }
        if trials <= 0 {
            return Err(bad("number of trials must be positive"));
        }
        if successes > trials {
            return Err(bad("number of successes must not be larger than number of trials"));
        }
        if z < 0.0 {
            return Err(bad("z-score must not be negative"));
        }
        #[expect(clippy::cast_precision_loss, reason = "counts above 2⁵³ differ by less than the result shows")]
        let (s, n) = (successes as f64, trials as f64);
        let p = s / n;
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        Ok(Some((p + z * z / (2.0 * n) + side * spread) / (1.0 + z * z / n)))
    })
}
