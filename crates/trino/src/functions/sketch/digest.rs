//! Digests of either kind, and the numbers that they are of.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Float32Array, Float64Array, Int64Array},
    compute::cast,
    datatypes::{DataType, Float32Type, Float64Type, Int64Type},
};
use datafusion::error::{DataFusionError, Result};

use super::{qdigest::QDigest, tdigest::TDigest};
use crate::{ErrorName, TrinoType};

pub(super) fn invalid(message: impl Into<String>) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

/// The number, unless it is infinite or none.
pub(super) fn finite(value: f64) -> Result<f64> {
    if value.is_finite() { Ok(value) } else { Err(invalid(format!("value must be finite; was {value}"))) }
}

/// Numbers as q-digests order them.
#[derive(Clone, Copy)]
pub(super) enum Number {
    Bigint,
    Double,
    Real,
}

impl Number {
    pub(super) fn of(value: &TrinoType) -> Self {
        match value {
            TrinoType::Double => Self::Double,
            TrinoType::Real => Self::Real,
            _ => Self::Bigint,
        }
    }

    pub(super) fn numbers(self, array: &ArrayRef) -> Result<Int64Array> {
        Ok(match self {
            Self::Bigint => cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
            Self::Double => cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().unary(sortable),
            Self::Real => {
                let reals = cast(array, &DataType::Float32)?;
                reals.as_primitive::<Float32Type>().unary(|value| i64::from(sortable_real(value)))
            }
        })
    }

    /// The array of the values that numbers stand for.
    pub(super) fn values(self, numbers: impl Iterator<Item = Option<i64>>) -> ArrayRef {
        match self {
            Self::Bigint => Arc::new(numbers.collect::<Int64Array>()),
            Self::Double => Arc::new(numbers.map(|number| number.map(double)).collect::<Float64Array>()),
            Self::Real => {
                let real = |number| real(i32::try_from(number).unwrap_or_default());
                Arc::new(numbers.map(|number| number.map(real)).collect::<Float32Array>())
            }
        }
    }
}

/// Doubles as numbers in the same order: the bits after the sign are turned over below zero.
pub(super) fn sortable(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63) & i64::MAX)
}

pub(super) fn double(number: i64) -> f64 {
    f64::from_bits((number ^ ((number >> 63) & i64::MAX)).cast_unsigned())
}

pub(super) fn sortable_real(value: f32) -> i32 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 31) & i32::MAX)
}

pub(super) fn real(number: i32) -> f32 {
    f32::from_bits((number ^ ((number >> 31) & i32::MAX)).cast_unsigned())
}

/// Which kind of digest it is.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    T,
    Q(Number),
}

/// A digest of either kind.
#[derive(Clone)]
pub(super) enum Digest {
    T(TDigest),
    Q(QDigest),
}

impl Kept {
    pub(super) fn read(self, bytes: &[u8]) -> Result<Digest> {
        let read = match self {
            Self::T => TDigest::from_bytes(bytes).map(Digest::T),
            Self::Q(_) => QDigest::from_bytes(bytes).map(Digest::Q),
        };
        read.ok_or_else(|| invalid("the bytes are no such digest"))
    }
}

impl Digest {
    pub(super) fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::T(digest), Self::T(other)) => digest.merge(&other),
            (Self::Q(digest), Self::Q(other)) => digest.merge(&other),
            (digest, other) => *digest = other,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::T(digest) => digest.clone().bytes(),
            Self::Q(digest) => digest.bytes(),
        }
    }

    pub(super) fn heap(&self) -> usize {
        match self {
            Self::T(digest) => digest.heap(),
            Self::Q(digest) => digest.heap(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_keep_their_order_as_numbers() {
        let doubles = [f64::NEG_INFINITY, -1.5, -0.0, 0.0, 1e-300, 2.5, f64::INFINITY];
        assert!(doubles.map(sortable).is_sorted());
        assert!(doubles.iter().all(|value| double(sortable(*value)).to_bits() == value.to_bits()));
        let reals = [f32::NEG_INFINITY, -1.5, 0.0, 1e-30, f32::INFINITY];
        assert!(reals.map(sortable_real).is_sorted());
        assert!(reals.iter().all(|value| real(sortable_real(*value)) == *value));
    }
}
