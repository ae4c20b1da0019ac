//! States that rows are folded into.

use std::sync::{Mutex, PoisonError};

use arrow::{
    array::{Array, ArrayRef, BooleanArray},
    datatypes::DataType,
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{Accumulator, EmitTo, GroupsAccumulator},
};

use crate::functions::define::fit;

/// How a state takes in rows and other states.
pub(crate) trait Fold: Send + Sync + 'static {
    /// The state of a group.
    type State: Clone + Default + Send + Sync + 'static;
    /// The arguments of a batch, made ready to be read.
    type Input;

    /// How many bytes a state has on the heap, where states have some.
    const HEAP: Option<fn(&Self::State) -> usize> = None;

    /// Makes the arguments ready.
    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input>;
    /// Takes in a row.
    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()>;
    /// Takes in all rows of a batch, each into the state of its group.
    fn add_all(&self, states: &mut [Self::State], input: &Self::Input, groups: &[usize]) -> Result<()> {
        groups.iter().enumerate().try_for_each(|(row, group)| self.add(&mut states[*group], input, row))
    }
    /// Takes in a row of what `states` gave.
    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()>;
    /// The states as columns.
    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>>;
    /// The values of the groups.
    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef>;
}

/// The states of all groups under a fold whose values are of this type.
pub(crate) fn fold<F: Fold>(how: F, returns: DataType) -> Box<dyn GroupsAccumulator> {
    Box::new(Folded { how, returns, states: Vec::new(), heap: 0 })
}

struct Folded<F: Fold> {
    how: F,
    returns: DataType,
    states: Vec<F::State>,
    /// What the states have on the heap.
    heap: usize,
}

impl<F: Fold> Folded<F> {
    /// Changes the state of a group, and keeps count of its bytes.
    fn change(&mut self, group: usize, change: impl FnOnce(&F, &mut F::State) -> Result<()>) -> Result<()> {
        let state = &mut self.states[group];
        let Some(heap) = F::HEAP else { return change(&self.how, state) };
        let before = heap(state);
        change(&self.how, state)?;
        self.heap = (self.heap + heap(state)).saturating_sub(before);
        Ok(())
    }

    fn emitted(&mut self, emit: EmitTo) -> Vec<F::State> {
        let states = emit.take_needed(&mut self.states);
        if let Some(heap) = F::HEAP {
            self.heap = self.heap.saturating_sub(states.iter().map(heap).sum());
        }
        states
    }
}

fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

impl<F: Fold> GroupsAccumulator for Folded<F> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.states.resize(total, F::State::default());
        let input = self.how.input(values)?;
        if filter.is_none() && F::HEAP.is_none() {
            return self.how.add_all(&mut self.states, &input, group_indices);
        }
        for (row, group) in group_indices.iter().enumerate() {
            if passes(filter, row) {
                self.change(*group, |how, state| how.add(state, &input, row))?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let states = self.emitted(emit);
        fit(&self.how.finish(&states)?, &self.returns)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let states = self.emitted(emit);
        self.how.states(&states)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total: usize) -> Result<()> {
        self.states.resize(total, F::State::default());
        for (row, group) in group_indices.iter().enumerate() {
            self.change(*group, |how, state| how.merge(state, values, row))?;
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let input = self.how.input(values)?;
        let mut states = vec![F::State::default(); values.first().map_or(0, Array::len)];
        for (row, state) in states.iter_mut().enumerate() {
            if passes(filter, row) {
                self.how.add(state, &input, row)?;
            }
        }
        self.how.states(&states)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.states.capacity() * size_of::<F::State>() + self.heap
    }
}

/// States of groups with but one group.
pub(crate) struct Single {
    /// Locked by nobody but the count of bytes: it only makes of what is `Send` what is `Sync`.
    groups: Mutex<Box<dyn GroupsAccumulator>>,
}

impl Single {
    pub(crate) fn new(groups: Box<dyn GroupsAccumulator>) -> Self {
        Self { groups: Mutex::new(groups) }
    }

    fn groups(&mut self) -> &mut dyn GroupsAccumulator {
        self.groups.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut()
    }

    /// The state as columns of one row; it stays as it is.
    fn kept(&mut self) -> Result<Vec<ArrayRef>> {
        // So that there is a group, even if no row came.
        self.groups().merge_batch(&[], &[], 1)?;
        let state = self.groups().state(EmitTo::All)?;
        self.groups().merge_batch(&state, &[0], 1)?;
        Ok(state)
    }
}

impl std::fmt::Debug for Single {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Single").finish_non_exhaustive()
    }
}

impl Accumulator for Single {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values.first().map_or(0, Array::len);
        self.groups().update_batch(values, &vec![0; rows], None, 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let state = self.kept()?;
        let value = self.groups().evaluate(EmitTo::All)?;
        self.groups().merge_batch(&state, &[0], 1)?;
        ScalarValue::try_from_array(&value, 0)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.groups.lock().map_or(0, |groups| groups.size())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.kept()?.iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, Array::len);
        self.groups().merge_batch(states, &vec![0; rows], 1)
    }
}
