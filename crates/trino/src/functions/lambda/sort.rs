//! `array_sort` by a comparator.

use arrow::{
    array::{Array, ArrayRef, AsArray, UInt32Array},
    compute::take,
    datatypes::{DataType, Int64Type},
};
use datafusion::error::Result;

use super::function::{HigherOrder, LambdaCall};
use crate::{
    ErrorName, TrinoType,
    functions::{
        array::{Elements, Picks, index},
        define::{fit, is_integer},
    },
};

/// `array_sort(array, (x, y) -> n)`: the elements in the order of a comparator that gives -1, 0 or 1, NULLs among
/// what it compares. Equal ones keep their order. NULL for NULL; INVALID_FUNCTION_ARGUMENT for another comparison.
pub(super) const ARRAY_SORT: HigherOrder = HigherOrder {
    name: "array_sort",
    lambdas: &[1],
    parameters: |types, _| match types.first()? {
        TrinoType::Array(of) => Some(vec![of.as_ref().clone(), of.as_ref().clone()]),
        _ => None,
    },
    returns: |types| (types.len() == 2 && is_integer(&types[1])).then(|| types[0].clone()),
    evaluate,
};

/// Two neighbouring sorted runs of elements on their way to one.
struct Merge {
    row: u32,
    left: std::ops::Range<usize>,
    right: std::ops::Range<usize>,
    out: usize,
}

/// A merge sort of all rows at once: each round compares one pair of each merge under way.
fn evaluate(call: &LambdaCall<'_>) -> Result<ArrayRef> {
    let list = call.values.lists(0)?;
    let elements = Elements::of(&list)?;
    let mut order: Vec<usize> = (0..elements.values.len()).collect();
    let longest = (0..list.len()).map(|row| elements.range(row).len()).max().unwrap_or_default();
    let mut width = 1;
    while width < longest {
        let mut merges = Vec::new();
        for row in 0..list.len() {
            let range = elements.range(row);
            for start in range.clone().step_by(2 * width) {
                let middle = (start + width).min(range.end);
                let end = (start + 2 * width).min(range.end);
                merges.push(Merge { row: index(row), left: start..middle, right: middle..end, out: start });
            }
        }
        order = merged(call, &elements.values, &order, merges)?;
        width *= 2;
    }
    let mut picks = Picks::from(vec![ArrayRef::clone(&elements.values)], list.len());
    for row in 0..list.len() {
        if list.is_null(row) {
            picks.null_row();
            continue;
        }
        elements.range(row).for_each(|at| picks.push(0, order[at]));
        picks.end_row();
    }
    picks.finish()
}

fn merged(call: &LambdaCall<'_>, values: &ArrayRef, order: &[usize], mut merges: Vec<Merge>) -> Result<Vec<usize>> {
    let mut out = order.to_vec();
    loop {
        // What is left of one run when the other has ended follows as it is.
        merges.retain_mut(|merge| {
            let is_under_way = !merge.left.is_empty() && !merge.right.is_empty();
            if !is_under_way {
                for at in merge.left.clone().chain(merge.right.clone()) {
                    out[merge.out] = order[at];
                    merge.out += 1;
                }
            }
            is_under_way
        });
        if merges.is_empty() {
            return Ok(out);
        }
        let picked = |of: fn(&Merge) -> usize| -> UInt32Array {
            merges.iter().map(|merge| Some(index(order[of(merge)]))).collect()
        };
        let left = take(values, &picked(|merge| merge.left.start), None)?;
        let right = take(values, &picked(|merge| merge.right.start), None)?;
        let results = call.apply(0, vec![left, right], merges.iter().map(|merge| merge.row).collect())?;
        let results = fit(&results, &DataType::Int64)?;
        let results = results.as_primitive::<Int64Type>();
        for (at, merge) in merges.iter_mut().enumerate() {
            if results.is_null(at) || !(-1..=1).contains(&results.value(at)) {
                let what = "Lambda comparator must return either -1, 0, or 1";
                return Err(ErrorName::InvalidFunctionArgument.error(what));
            }
            let run = if results.value(at) <= 0 { &mut merge.left } else { &mut merge.right };
            out[merge.out] = order[run.start];
            run.start += 1;
            merge.out += 1;
        }
    }
}
