//! `reduce_agg`, a function of groups that takes lambdas.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef, BooleanArray, UInt32Array, new_empty_array},
    compute::{concat, interleave, take},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::{Column, internal_err},
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
    },
};

use super::{Lambda, body::Body, call::planned};
use crate::{
    ErrorName, TrinoType,
    functions::{
        PREFIX,
        array::index,
        define::{
            aggregate::{Single, Sliding},
            fit,
        },
    },
};

/// Its name, without prefix.
pub(crate) const REDUCE_AGG: &str = "reduce_agg";

/// `reduce_agg(x, initial, (state, x) -> state, (state, state) -> state)`: all values that are not NULL taken into one
/// state, NULL for none.
///
/// Trino takes in the values of each part of the rows one after the other, and then combines the states of the parts,
/// whichever parts there are. Here each value is a part: its state is that of the first lambda from the initial one, and
/// neighbours are combined, then neighbours of these, all pairs at once. A state that is NULL is none.
#[derive(Debug)]
pub(crate) struct ReduceAgg {
    name: String,
    input: Arc<Body>,
    combine: Arc<Body>,
    state: DataType,
    signature: Signature,
}

/// The function with its two lambdas and the type of its states.
///
/// # Errors
/// NOT_SUPPORTED if a lambda uses columns.
pub(crate) fn reduce_agg(lambdas: Vec<Lambda>, state: &TrinoType) -> Result<Arc<AggregateUDF>> {
    let bodies: Result<Vec<_>> = lambdas.into_iter().map(alone).collect();
    match <[Arc<Body>; 2]>::try_from(bodies?) {
        Ok([input, combine]) => Ok(ReduceAgg::of(input, combine, state.data_type())),
        Err(_) => internal_err!("reduce_agg takes two lambdas"),
    }
}

/// The body of a lambda that uses nothing but its parameters.
fn alone(lambda: Lambda) -> Result<Arc<Body>> {
    let is_own = |column: &&Column| lambda.parameters.iter().any(|(own, _)| own == *column);
    if !lambda.body.column_refs().iter().all(is_own) {
        return Err(ErrorName::NotSupported.error("Lambda expressions of reduce_agg cannot capture columns"));
    }
    Ok(Arc::new(planned(lambda, &[], &[])?))
}

impl ReduceAgg {
    pub(crate) fn of(input: Arc<Body>, combine: Arc<Body>, state: DataType) -> Arc<AggregateUDF> {
        let name = format!("{PREFIX}{REDUCE_AGG}");
        let signature = Signature::variadic_any(Volatility::Immutable);
        Arc::new(AggregateUDF::from(Self { name, input, combine, state, signature }))
    }

    /// What takes in values, and what combines states.
    pub(crate) fn bodies(&self) -> [&Body; 2] {
        [&self.input, &self.combine]
    }

    /// The field of a state.
    pub(crate) fn state(&self) -> FieldRef {
        Arc::new(Field::new("state", self.state.clone(), true))
    }

    fn groups(&self) -> Box<dyn GroupsAccumulator> {
        Box::new(States::new(&self.input, &self.combine, &self.state))
    }
}

impl PartialEq for ReduceAgg {
    fn eq(&self, other: &Self) -> bool {
        (&self.input, &self.combine, &self.state) == (&other.input, &other.combine, &other.state)
    }
}

impl Eq for ReduceAgg {}

impl Hash for ReduceAgg {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.input, &self.combine).hash(state);
    }
}

impl AggregateUDFImpl for ReduceAgg {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.state.clone())
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Single::new(self.groups())))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[state]", args.name), self.state.clone(), true))])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(self.groups())
    }

    fn create_sliding_accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let (input, combine, state) = (Arc::clone(&self.input), Arc::clone(&self.combine), self.state.clone());
        Ok(Box::new(Sliding::new(Arc::new(move || {
            Box::new(Single::new(Box::new(States::new(&input, &combine, &state))))
        }))))
    }
}

/// So many states more than were kept last are combined.
const GROWTH: usize = 1 << 16;

/// States with the groups that they belong to, in the order of the rows that they come from.
struct States {
    input: Arc<Body>,
    combine: Arc<Body>,
    of: DataType,
    parts: Vec<ArrayRef>,
    groups: Vec<usize>,
    /// How many states were left when they were combined last.
    kept: usize,
    /// How many groups there are.
    total: usize,
}

/// The values at these rows.
fn picked(array: &ArrayRef, rows: Vec<u32>) -> Result<ArrayRef> {
    Ok(take(array, &UInt32Array::from(rows), None)?)
}

impl States {
    fn new(input: &Arc<Body>, combine: &Arc<Body>, of: &DataType) -> Self {
        let (input, combine) = (Arc::clone(input), Arc::clone(combine));
        Self { input, combine, of: of.clone(), parts: Vec::new(), groups: Vec::new(), kept: 0, total: 0 }
    }

    fn push(&mut self, states: ArrayRef, groups: Vec<usize>) -> Result<()> {
        let (states, groups) = without_null(states, groups)?;
        self.parts.push(states);
        self.groups.extend(groups);
        if self.groups.len() > 2 * self.kept + GROWTH {
            self.combine()?;
        }
        Ok(())
    }

    /// Combines all states of each group, and leaves these in the order of the groups.
    fn combine(&mut self) -> Result<()> {
        let parts: Vec<&dyn Array> = self.parts.iter().map(AsRef::as_ref).collect();
        let mut states = if parts.is_empty() { new_empty_array(&self.of) } else { concat(&parts)? };
        let mut groups = std::mem::take(&mut self.groups);
        if !groups.is_sorted() {
            let mut order: Vec<u32> = (0..groups.len()).map(index).collect();
            order.sort_by_key(|at| groups[*at as usize]);
            groups = order.iter().map(|at| groups[*at as usize]).collect();
            states = picked(&states, order)?;
        }
        loop {
            let (mut lefts, mut places, mut left) = (Vec::new(), Vec::new(), Vec::new());
            let mut at = 0;
            while at < groups.len() {
                let has_pair = groups.get(at + 1) == Some(&groups[at]);
                places.push(if has_pair { (1, lefts.len()) } else { (0, at) });
                left.push(groups[at]);
                if has_pair {
                    lefts.push(index(at));
                }
                at += 1 + usize::from(has_pair);
            }
            if lefts.is_empty() {
                break;
            }
            let (rows, rights) = (lefts.len(), lefts.iter().map(|at| at + 1).collect());
            let pairs = vec![picked(&states, lefts)?, picked(&states, rights)?];
            let combined = fit(&self.combine.evaluate(pairs, &[], rows)?, &self.of)?;
            let sources: [&dyn Array; 2] = [&states, &combined];
            (states, groups) = without_null(interleave(&sources, &places)?, left)?;
        }
        self.kept = groups.len();
        (self.parts, self.groups) = (vec![states], groups);
        Ok(())
    }

    /// The states of groups, NULL where there is none.
    fn emitted(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        self.combine()?;
        let states = self.parts.pop().unwrap_or_else(|| new_empty_array(&self.of));
        let count = match emit {
            EmitTo::All => self.total,
            EmitTo::First(count) => count.min(self.total),
        };
        let mut places = vec![None; count];
        let rest = self.groups.partition_point(|group| *group < count);
        self.groups[..rest].iter().enumerate().for_each(|(at, group)| places[*group] = Some(index(at)));
        let found = take(&states, &UInt32Array::from(places), None)?;
        self.parts = vec![states.slice(rest, states.len() - rest)];
        self.groups = self.groups[rest..].iter().map(|group| group - count).collect();
        (self.kept, self.total) = (self.groups.len(), self.total - count);
        Ok(found)
    }
}

fn without_null(states: ArrayRef, groups: Vec<usize>) -> Result<(ArrayRef, Vec<usize>)> {
    if states.logical_null_count() == 0 {
        return Ok((states, groups));
    }
    let valid: Vec<u32> = (0..states.len()).filter(|at| states.is_valid(*at)).map(index).collect();
    let groups = valid.iter().map(|at| groups[*at as usize]).collect();
    Ok((picked(&states, valid)?, groups))
}

impl GroupsAccumulator for States {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.total = total;
        let [input, initial] = values else { return internal_err!("reduce_agg takes a value and a state") };
        let passes = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let nulls = input.logical_nulls();
        let is_valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        let rows: Vec<u32> = (0..input.len()).filter(|row| is_valid(*row) && passes(*row)).map(index).collect();
        let groups = rows.iter().map(|row| group_indices[*row as usize]).collect();
        let (count, initial) = (rows.len(), fit(initial, &self.of)?);
        let parameters = vec![picked(&initial, rows.clone())?, picked(input, rows)?];
        let states = fit(&self.input.evaluate(parameters, &[], count)?, &self.of)?;
        self.push(states, groups)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        self.emitted(emit)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.emitted(emit)?])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total: usize) -> Result<()> {
        self.total = total;
        match values {
            [states] => self.push(fit(states, &self.of)?, group_indices.to_vec()),
            _ => Ok(()),
        }
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let mut one_each = Self::new(&self.input, &self.combine, &self.of);
        one_each.update_batch(values, &(0..rows).collect::<Vec<_>>(), filter, rows)?;
        one_each.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        let states: usize = self.parts.iter().map(|part| part.get_array_memory_size()).sum();
        size_of::<Self>() + states + self.groups.capacity() * size_of::<usize>()
    }
}
