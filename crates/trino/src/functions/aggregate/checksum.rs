//! `checksum`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, Int64Array},
    buffer::NullBuffer,
    datatypes::Int64Type,
};
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use crate::{
    TrinoType,
    functions::{
        define::aggregate::{Fold, Kind, aggregate, fold},
        sketch::hashes,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![checksum()]
}

/// What NULL counts, and what hashes are multiplied by.
const PRIME: u64 = 0x9E37_79B1_85EB_CA87;

/// `checksum(x)`: eight bytes that depend on all values, NULL among them, and not on their order; NULL for no rows. It is
/// the sum that Trino makes, so that tables of both engines can be compared.
fn checksum() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| (types.len() == 1).then_some(TrinoType::Varbinary);
    let make = |types: &[TrinoType], of: &TrinoType| -> Box<dyn GroupsAccumulator> {
        fold(Sum(types[0].clone()), of.data_type())
    };
    aggregate("checksum", typing, Kind::Fold { make, state: |_, _| vec![TrinoType::Bigint] })
}

struct Sum(TrinoType);

impl Fold for Sum {
    type State = Option<u64>;
    type Input = (Vec<u64>, Option<NullBuffer>);

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok((hashes(&arguments[0], &self.0)?, arguments[0].logical_nulls()))
    }

    fn add(&self, state: &mut Self::State, (hashes, nulls): &Self::Input, row: usize) -> Result<()> {
        let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        let term = if is_null { PRIME } else { hashes[row].wrapping_mul(PRIME) };
        *state = Some(state.unwrap_or_default().wrapping_add(term));
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let states = states[0].as_primitive::<Int64Type>();
        if states.is_valid(row) {
            *state = Some(state.unwrap_or_default().wrapping_add(states.value(row).cast_unsigned()));
        }
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(states.iter().map(|state| state.map(u64::cast_signed)).collect::<Int64Array>())])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        Ok(Arc::new(states.iter().map(|state| state.map(u64::to_le_bytes)).collect::<BinaryArray>()))
    }
}
