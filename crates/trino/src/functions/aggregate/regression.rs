//! `covar_pop`, `covar_samp`, `corr`, `regr_*`.

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
        define("covar_pop", |_, of| made(of, |s| (s.n > 0.0).then(|| s.xy / s.n))),
        define("covar_samp", |_, of| made(of, |s| (s.n > 1.0).then(|| s.xy / (s.n - 1.0)))),
        define("corr", |_, of| made(of, |s| s.corr())),
        define("regr_slope", |_, of| made(of, |s| s.slope())),
        define("regr_intercept", |_, of| made(of, |s| s.slope().map(|slope| s.y - slope * s.x))),
        define("regr_avgx", |_, of| made(of, |s| (s.n > 0.0).then_some(s.x))),
        define("regr_avgy", |_, of| made(of, |s| (s.n > 0.0).then_some(s.y))),
        define("regr_count", |_, of| made(of, |s| Some(s.n))),
        define("regr_sxx", |_, of| made(of, |s| (s.n > 0.0).then_some(s.xx))),
        define("regr_syy", |_, of| made(of, |s| (s.n > 0.0).then_some(s.yy))),
        define("regr_sxy", |_, of| made(of, |s| (s.n > 0.0).then_some(s.xy))),
        define("regr_r2", |_, of| made(of, |s| s.r2())),
    ]
}

type Make = fn(&[TrinoType], &TrinoType) -> Box<dyn GroupsAccumulator>;

/// Functions of pairs `(y, x)` of which neither is NULL: `real` for `real`s, else `double`.
fn define(name: &str, make: Make) -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [TrinoType::Real, TrinoType::Real] => Some(TrinoType::Real),
        [y, x] => [y, x]
            .into_iter()
            .all(|of| is_integer(of) || matches!(of, TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. }))
            .then_some(TrinoType::Double),
        _ => None,
    };
    aggregate(name, typing, Kind::Fold { make, state: |_, _| vec![TrinoType::Double; 6] })
}

fn made(of: &TrinoType, value: fn(&Sums) -> Option<f64>) -> Box<dyn GroupsAccumulator> {
    fold(Value(value), of.data_type())
}

/// Count, means, and sums of products of the distances from the means.
#[derive(Clone, Copy, Default)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Sums {
    fn merge(&mut self, other: &Self) {
        if other.n == 0.0 {
            return;
        }
        let n = self.n + other.n;
        let (dx, dy) = (other.x - self.x, other.y - self.y);
        let weight = self.n * other.n / n;
        *self = Self {
            n,
            x: self.x + dx * other.n / n,
            y: self.y + dy * other.n / n,
            xx: self.xx + other.xx + dx * dx * weight,
            yy: self.yy + other.yy + dy * dy * weight,
            xy: self.xy + other.xy + dx * dy * weight,
        };
    }

    fn corr(&self) -> Option<f64> {
        (self.n > 1.0).then(|| self.xy / (self.xx * self.yy).sqrt()).filter(|corr| corr.is_finite())
    }

    fn slope(&self) -> Option<f64> {
        (self.n > 1.0).then(|| self.xy / self.xx).filter(|slope| slope.is_finite())
    }

    fn r2(&self) -> Option<f64> {
        if self.n == 0.0 || self.xx == 0.0 {
            return None;
        }
        Some(if self.yy == 0.0 { 1.0 } else { self.xy * self.xy / (self.xx * self.yy) })
    }
}

#[derive(Clone, Copy)]
struct Value(fn(&Sums) -> Option<f64>);

impl Fold for Value {
    type State = Sums;
    type Input = [Float64Array; 2];

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let doubles = |at: usize| -> Result<Float64Array> {
            Ok(cast(&arguments[at], &DataType::Float64)?.as_primitive::<Float64Type>().clone())
        };
        Ok([doubles(0)?, doubles(1)?])
    }

    fn add(&self, state: &mut Self::State, [y, x]: &Self::Input, row: usize) -> Result<()> {
        if y.is_valid(row) && x.is_valid(row) {
            state.merge(&Sums { n: 1.0, x: x.value(row), y: y.value(row), ..Sums::default() });
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let at = |column: usize| states[column].as_primitive::<Float64Type>().value(row);
        state.merge(&Sums { n: at(0), x: at(1), y: at(2), xx: at(3), yy: at(4), xy: at(5) });
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let of: [fn(&Sums) -> f64; 6] = [|s| s.n, |s| s.x, |s| s.y, |s| s.xx, |s| s.yy, |s| s.xy];
        let column =
            |of: fn(&Sums) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(states.iter().map(of))) };
        Ok(of.into_iter().map(column).collect())
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        Ok(Arc::new(states.iter().map(self.0).collect::<Float64Array>()))
    }
}
