//! Functions of the engine's over values in the types that they are bound to.
//!
//! A scan may keep texts in another form than a type of Trino's does, as Parquet's reader has views of them.

use arrow::{
    array::{ArrayRef, BooleanArray},
    datatypes::DataType,
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{Accumulator, EmitTo, GroupsAccumulator},
};

use crate::functions::define::fit;

/// An accumulator whose values are made to fit types.
#[derive(Debug)]
struct Fitted<A> {
    inner: A,
    types: Vec<DataType>,
}

/// An accumulator of the engine's, around which values are made to fit if there are types for that.
pub(super) fn fitted(inner: Box<dyn Accumulator>, types: Option<Vec<DataType>>) -> Box<dyn Accumulator> {
    match types {
        Some(types) => Box::new(Fitted { inner, types }),
        None => inner,
    }
}

/// The same of groups.
pub(super) fn fitted_groups(
    inner: Box<dyn GroupsAccumulator>,
    types: Option<Vec<DataType>>,
) -> Box<dyn GroupsAccumulator> {
    match types {
        Some(types) => Box::new(Fitted { inner, types }),
        None => inner,
    }
}

impl<A> Fitted<A> {
    fn fit(&self, values: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
        values.iter().zip(&self.types).map(|(values, of)| fit(values, of)).collect()
    }
}

impl Accumulator for Fitted<Box<dyn Accumulator>> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = self.fit(values)?;
        self.inner.update_batch(&values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.inner.evaluate()
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.inner.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge_batch(states)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = self.fit(values)?;
        self.inner.retract_batch(&values)
    }

    fn supports_retract_batch(&self) -> bool {
        self.inner.supports_retract_batch()
    }
}

impl GroupsAccumulator for Fitted<Box<dyn GroupsAccumulator>> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let values = self.fit(values)?;
        self.inner.update_batch(&values, group_indices, filter, total)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        self.inner.evaluate(emit)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        self.inner.state(emit)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total: usize) -> Result<()> {
        self.inner.merge_batch(states, group_indices, total)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        self.inner.convert_to_state(&self.fit(values)?, filter)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}
