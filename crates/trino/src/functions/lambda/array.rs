//! `transform`, `filter`, `any_match`, `all_match`, `none_match`, `zip_with`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, ListArray},
    datatypes::Field,
};
use datafusion::error::Result;

use super::function::{HigherOrder, LambdaCall};
use crate::{
    TrinoType,
    functions::{
        array::{Elements, Picks},
        define::fit,
    },
};

/// The parameters of a lambda over the elements of the first argument.
fn of_elements(types: &[TrinoType], _: usize) -> Option<Vec<TrinoType>> {
    match types.first()? {
        TrinoType::Array(of) => Some(vec![of.as_ref().clone()]),
        TrinoType::Unknown => Some(vec![TrinoType::Unknown]),
        _ => None,
    }
}

fn is_condition(of: &TrinoType) -> bool {
    matches!(of, TrinoType::Boolean | TrinoType::Unknown)
}

fn condition(types: &[TrinoType]) -> Option<TrinoType> {
    (types.len() == 2 && is_condition(&types[1])).then_some(TrinoType::Boolean)
}

/// The result of the lambda for each element.
fn applied(call: &LambdaCall<'_>) -> Result<(ListArray, Elements, ArrayRef)> {
    let list = call.values.lists(0)?;
    let elements = Elements::of(&list)?;
    let results = call.apply(0, vec![Arc::clone(&elements.values)], elements.rows())?;
    Ok((list, elements, results))
}

/// `transform(array, x -> y)`: the array of the results for each element, NULLs among them. NULL for NULL.
pub(super) const TRANSFORM: HigherOrder = HigherOrder {
    name: "transform",
    lambdas: &[1],
    parameters: of_elements,
    returns: |types| (types.len() == 2).then(|| TrinoType::Array(Box::new(types[1].clone()))),
    evaluate: |call| {
        let (list, elements, results) = applied(call)?;
        let item = Arc::new(Field::new("item", results.data_type().clone(), true));
        Ok(Arc::new(ListArray::try_new(item, elements.offsets, results, list.nulls().cloned())?))
    },
};

/// `filter(array, x -> condition)`: the elements for which the condition is true. NULL for NULL.
pub(super) const FILTER: HigherOrder = HigherOrder {
    name: "filter",
    lambdas: &[1],
    parameters: of_elements,
    returns: |types| condition(types).map(|_| types[0].clone()),
    evaluate: |call| {
        let (list, elements, results) = applied(call)?;
        let results = conditions(&results)?;
        let mut picks = Picks::from(vec![Arc::clone(&elements.values)], list.len());
        for row in 0..list.len() {
            if list.is_null(row) {
                picks.null_row();
                continue;
            }
            for at in elements.range(row).filter(|at| results.is_valid(*at) && results.value(*at)) {
                picks.push(0, at);
            }
            picks.end_row();
        }
        picks.finish()
    },
};

pub(super) fn conditions(results: &ArrayRef) -> Result<BooleanArray> {
    Ok(fit(results, &arrow::datatypes::DataType::Boolean)?.as_boolean().clone())
}

/// For each row: what settles it if any result is so, else NULL if any is NULL, else the opposite.
fn matched(call: &LambdaCall<'_>, settles: bool, settled: bool) -> Result<ArrayRef> {
    let (list, elements, results) = applied(call)?;
    let results = conditions(&results)?;
    let of_row = |row| {
        if list.is_null(row) {
            return None;
        }
        let found = elements.range(row).any(|at| results.is_valid(at) && results.value(at) == settles);
        if found {
            return Some(settled);
        }
        (!elements.range(row).any(|at| results.is_null(at))).then_some(!settled)
    };
    Ok(Arc::new((0..list.len()).map(of_row).collect::<BooleanArray>()))
}

/// `any_match(array, x -> condition)`: whether the condition is true for an element; false for an empty array, NULL if
/// it is true for none and NULL for some.
pub(super) const ANY_MATCH: HigherOrder = HigherOrder {
    name: "any_match",
    lambdas: &[1],
    parameters: of_elements,
    returns: condition,
    evaluate: |call| matched(call, true, true),
};

/// `all_match(array, x -> condition)`: whether the condition is true for all elements; true for an empty array, NULL if
/// it is false for none and NULL for some.
pub(super) const ALL_MATCH: HigherOrder = HigherOrder {
    name: "all_match",
    lambdas: &[1],
    parameters: of_elements,
    returns: condition,
    evaluate: |call| matched(call, false, false),
};

/// `none_match(array, x -> condition)`: whether the condition is true for no element; true for an empty array, NULL if
/// it is true for none and NULL for some.
pub(super) const NONE_MATCH: HigherOrder = HigherOrder {
    name: "none_match",
    lambdas: &[1],
    parameters: of_elements,
    returns: condition,
    evaluate: |call| matched(call, true, false),
};

/// `zip_with(a, b, (x, y) -> z)`: the results for pairs of elements; the shorter array is filled up with NULLs. NULL if
/// an array is.
pub(super) const ZIP_WITH: HigherOrder = HigherOrder {
    name: "zip_with",
    lambdas: &[2],
    parameters: |types, _| {
        let mut of = of_elements(types, 0)?;
        of.extend(of_elements(types.get(1..)?, 0)?);
        Some(of)
    },
    returns: |types| (types.len() == 3).then(|| TrinoType::Array(Box::new(types[2].clone()))),
    evaluate: zip_with,
};

fn zip_with(call: &LambdaCall<'_>) -> Result<ArrayRef> {
    let (left, right) = (call.values.lists(0)?, call.values.lists(1)?);
    let (lefts, rights) = (Elements::of(&left)?, Elements::of(&right)?);
    let mut left_picks = Picks::from(vec![Arc::clone(&lefts.values)], left.len());
    let mut right_picks = Picks::from(vec![Arc::clone(&rights.values)], left.len());
    let mut rows = Vec::new();
    let mut lengths = Vec::with_capacity(left.len());
    let nulls = call.values.strict();
    for row in 0..left.len() {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            lengths.push(0);
            continue;
        }
        let (a, b) = (lefts.range(row), rights.range(row));
        let length = a.len().max(b.len());
        for at in 0..length {
            if at < a.len() {
                left_picks.push(0, a.start + at)
            } else {
                left_picks.push_null()
            }
            if at < b.len() {
                right_picks.push(0, b.start + at)
            } else {
                right_picks.push_null()
            }
            rows.push(crate::functions::array::index(row));
        }
        lengths.push(length);
    }
    let results = call.apply(0, vec![left_picks.values()?, right_picks.values()?], rows)?;
    let item = Arc::new(Field::new("item", results.data_type().clone(), true));
    let offsets = arrow::buffer::OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(item, offsets, results, nulls)?))
}
