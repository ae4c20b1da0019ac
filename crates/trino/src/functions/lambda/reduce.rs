//! `reduce`.

use arrow::{
    array::{Array, ArrayRef, UInt32Array, new_null_array},
    compute::{interleave, take},
};
use datafusion::error::Result;

use super::function::{HigherOrder, LambdaCall};
use crate::{
    TrinoType,
    functions::{
        array::{Elements, index},
        define::{common_type, fit},
    },
};

/// `reduce(array, initial, (state, element) -> state, state -> result)`: takes the elements into the state one after
/// the other, NULLs too, and yields the result of the last state. NULL for a NULL array.
pub(super) const REDUCE: HigherOrder = HigherOrder {
    name: "reduce",
    lambdas: &[2, 3],
    parameters: |types, at| {
        let state = types.get(1)?.clone();
        let state = match types.get(2) {
            Some(next) if at == 3 => common_type(&state, next)?,
            _ => state,
        };
        match (types.first()?, at) {
            (TrinoType::Array(of), 2) => Some(vec![state, of.as_ref().clone()]),
            (TrinoType::Unknown, 2) => Some(vec![state, TrinoType::Unknown]),
            (_, 3) => Some(vec![state]),
            _ => None,
        }
    },
    returns: |types| (types.len() == 4).then(|| types[3].clone()),
    evaluate,
};

/// All rows that have an n-th element take their n-th step together. Rows stand in descending order of their lengths,
/// so that those still under way are the first ones.
fn evaluate(call: &LambdaCall<'_>) -> Result<ArrayRef> {
    let list = call.values.lists(0)?;
    let elements = Elements::of(&list)?;
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by_key(|row| std::cmp::Reverse(elements.range(*row).len()));
    let in_order: UInt32Array = order.iter().map(|row| Some(index(*row))).collect();
    let initial = take(&call.values.arrays[1], &in_order, None)?;
    let mut states: Vec<ArrayRef> = vec![initial];
    let longest = order.first().map_or(0, |row| elements.range(*row).len());
    for step in 0..longest {
        let under_way = order.partition_point(|row| elements.range(*row).len() > step);
        let rows: Vec<u32> = order[..under_way].iter().map(|row| index(*row)).collect();
        let at: UInt32Array =
            order[..under_way].iter().map(|row| Some(index(elements.range(*row).start + step))).collect();
        let before = states[step].slice(0, under_way);
        let after = call.apply(0, vec![before, take(&elements.values, &at, None)?], rows)?;
        let of = match states[0].data_type() {
            of if of == after.data_type() => of.clone(),
            of => common_type(&TrinoType::of_data_type(of), &TrinoType::of_data_type(after.data_type()))
                .map_or_else(|| after.data_type().clone(), |of| of.data_type()),
        };
        states.iter_mut().try_for_each(|state| fit(state, &of).map(|fitted| *state = fitted))?;
        states.push(fit(&after, &of)?);
    }
    let mut places = vec![(0, 0); list.len()];
    for (at, row) in order.iter().enumerate() {
        places[*row] = (elements.range(*row).len(), at);
    }
    let sources: Vec<&dyn Array> = states.iter().map(AsRef::as_ref).collect();
    let last = interleave(&sources, &places)?;
    let results = call.apply(1, vec![last], (0..list.len()).map(index).collect())?;
    if list.null_count() == 0 {
        return Ok(results);
    }
    let nothing = new_null_array(results.data_type(), 1);
    let kept: Vec<_> = (0..list.len()).map(|row| if list.is_null(row) { (1, 0) } else { (0, row) }).collect();
    Ok(interleave(&[&results, &nothing], &kept)?)
}
