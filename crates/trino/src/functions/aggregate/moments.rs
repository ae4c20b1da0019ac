//! `variance`, `stddev` and their kin, `skewness`, `kurtosis`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use crate::{
    TrinoType,
    functions::define::{
        aggregate::{Fold, Kind, aggregate, fold},
        is_integer,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![
        define("variance", |_, _| made(|m| m.variance(1.0))),
        define("var_samp", |_, _| made(|m| m.variance(1.0))),
        define("var_pop", |_, _| made(|m| m.variance(0.0))),
        define("stddev", |_, _| made(|m| m.variance(1.0).map(f64::sqrt))),
        define("stddev_samp", |_, _| made(|m| m.variance(1.0).map(f64::sqrt))),
        define("stddev_pop", |_, _| made(|m| m.variance(0.0).map(f64::sqrt))),
        define("skewness", |_, _| made(|m| m.skewness())),
        define("kurtosis", |_, _| made(|m| m.kurtosis())),
    ]
}

type Make = fn(&[TrinoType], &TrinoType) -> Box<dyn GroupsAccumulator>;

/// `variance(x)` and `var_samp(x)`, `var_pop(x)`, `stddev(x)` and `stddev_samp(x)`, `stddev_pop(x)`, `skewness(x)`,
/// `kurtosis(x)`: `double`. Those of samples are NULL for one value, the skewness for less than three, the excess
/// kurtosis for less than four.
fn define(name: &str, make: Make) -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of] if is_integer(of) => Some(TrinoType::Double),
        [TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. }] => Some(TrinoType::Double),
        _ => None,
    };
    aggregate(name, typing, Kind::Fold { make, state: |_, _| vec![TrinoType::Double; 5] })
}

fn made(value: fn(&Moments) -> Option<f64>) -> Box<dyn GroupsAccumulator> {
    fold(Value(value), DataType::Float64)
}

/// Count, mean and sums of powers of the distances from the mean, as in Pébay, "Formulas for Robust, One-Pass Parallel
/// Computation of Covariances and Arbitrary-Order Statistical Moments", SAND2008-6212.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

impl Moments {
    fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            *self = *other;
            return;
        }
        let (a, b) = (self.count, other.count);
        let n = a + b;
        let delta = other.mean - self.mean;
        let fourth = self.fourth
            + other.fourth
            + delta.powi(4) * a * b * (a * a - a * b + b * b) / n.powi(3)
            + 6.0 * delta * delta * (a * a * other.second + b * b * self.second) / (n * n)
            + 4.0 * delta * (a * other.third - b * self.third) / n;
        let third = self.third
            + other.third
            + delta.powi(3) * a * b * (a - b) / (n * n)
            + 3.0 * delta * (a * other.second - b * self.second) / n;
        let second = self.second + other.second + delta * delta * a * b / n;
        *self = Self { count: n, mean: self.mean + delta * b / n, second, third, fourth };
    }

    fn variance(&self, less: f64) -> Option<f64> {
        (self.count > less).then(|| self.second / (self.count - less))
    }

    fn skewness(&self) -> Option<f64> {
        (self.count >= 3.0).then(|| self.count.sqrt() * self.third / self.second.powf(1.5))
    }

    fn kurtosis(&self) -> Option<f64> {
        let n = self.count;
        (n >= 4.0).then(|| {
            let scale = (n - 1.0) * n * (n + 1.0) / ((n - 2.0) * (n - 3.0));
            let shift = 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
            scale * self.fourth / (self.second * self.second) - shift
        })
    }
}

/// A value of the moments.
#[derive(Clone, Copy)]
struct Value(fn(&Moments) -> Option<f64>);

impl Fold for Value {
    type State = Moments;
    type Input = Float64Array;

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok(cast(&arguments[0], &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_valid(row) {
            state.merge(&Moments { count: 1.0, mean: input.value(row), ..Moments::default() });
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let at = |column: usize| states[column].as_primitive::<Float64Type>().value(row);
        state.merge(&Moments { count: at(0), mean: at(1), second: at(2), third: at(3), fourth: at(4) });
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let of: [fn(&Moments) -> f64; 5] = [|m| m.count, |m| m.mean, |m| m.second, |m| m.third, |m| m.fourth];
        let column =
            |of: fn(&Moments) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(states.iter().map(of))) };
        Ok(of.into_iter().map(column).collect())
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        Ok(Arc::new(states.iter().map(self.0).collect::<Float64Array>()))
    }
}
