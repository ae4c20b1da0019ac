//! Comparisons of arrays, maps and rows.
//!
//! Two are equal if all their parts are, and different if two parts are; if that hangs on a NULL it is not known. Which
//! one is less the first parts say that differ. What is distinct is always known: NULL is not distinct from NULL.

use std::cmp::Ordering;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, make_comparator},
    compute::SortOptions,
    datatypes::{Float32Type, Float64Type},
};
use datafusion::error::Result;

use crate::{ErrorName, TrinoType, functions::define::Call};

/// Whether values at two places are equal; `None` if that is not known.
type Equal = Box<dyn Fn(usize, usize) -> Option<bool>>;
/// The order of values at two places, neither of which is NULL.
type Order = Box<dyn Fn(usize, usize) -> Result<Ordering>>;

pub(super) fn equal(call: &Call, wanted: bool) -> Result<BooleanArray> {
    let (left, right) = sides(call)?;
    let equal = equality(&left, &right, &call.types[0])?;
    Ok((0..call.rows).map(|row| equal(row, row).map(|equal| equal == wanted)).collect())
}

pub(super) fn ordered(call: &Call, holds: fn(Ordering) -> bool) -> Result<BooleanArray> {
    let (left, right) = sides(call)?;
    let order = order(&left, &right, &call.types[0])?;
    let found = (0..call.rows).map(|row| {
        if left.is_null(row) || right.is_null(row) {
            return Ok(None);
        }
        order(row, row).map(|order| Some(holds(order)))
    });
    found.collect()
}

pub(super) fn distinct(call: &Call, wanted: bool) -> Result<BooleanArray> {
    let (left, right) = sides(call)?;
    let same = sameness(&left, &right, &call.types[0])?;
    Ok((0..call.rows).map(|row| Some(same(row, row) != wanted)).collect())
}

fn sides(call: &Call) -> Result<(ArrayRef, ArrayRef)> {
    let of = &call.types[0];
    Ok((call.values_as(0, of)?, call.values_as(1, of)?))
}

/// Places of the elements of an array of arrays or of maps.
fn within(array: &ArrayRef) -> (ArrayRef, Vec<std::ops::Range<usize>>) {
    let ranges = |offsets: &[i32]| {
        let place = |offset: i32| usize::try_from(offset).unwrap_or(0);
        offsets.windows(2).map(|pair| place(pair[0])..place(pair[1])).collect()
    };
    match array.as_list_opt::<i32>() {
        Some(list) => (std::sync::Arc::clone(list.values()), ranges(list.value_offsets())),
        None => {
            let map = array.as_map();
            (std::sync::Arc::new(map.entries().clone()), ranges(map.value_offsets()))
        }
    }
}

/// False if one is, else not known if one is not.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut found = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => found = None,
            Some(true) => {}
        }
    }
    found
}

fn equality(left: &ArrayRef, right: &ArrayRef, of: &TrinoType) -> Result<Equal> {
    let (nulls, other_nulls) = (left.logical_nulls(), right.logical_nulls());
    let known = move |at: usize, other: usize| {
        nulls.as_ref().is_none_or(|nulls| nulls.is_valid(at))
            && other_nulls.as_ref().is_none_or(|nulls| nulls.is_valid(other))
    };
    let equal: Equal = match of {
        TrinoType::Unknown => Box::new(|_, _| None),
        TrinoType::Real => {
            let (left, right) =
                (left.as_primitive::<Float32Type>().clone(), right.as_primitive::<Float32Type>().clone());
            Box::new(move |at, other| Some(left.value(at) == right.value(other)))
        }
        TrinoType::Double => {
            let (left, right) =
                (left.as_primitive::<Float64Type>().clone(), right.as_primitive::<Float64Type>().clone());
            Box::new(move |at, other| Some(left.value(at) == right.value(other)))
        }
        TrinoType::Array(of) => {
            let ((left, lefts), (right, rights)) = (within(left), within(right));
            let equal = equality(&left, &right, of)?;
            Box::new(move |at, other| {
                let (left, right) = (lefts[at].clone(), rights[other].clone());
                if left.len() == right.len() { all(left.zip(right).map(|(a, b)| equal(a, b))) } else { Some(false) }
            })
        }
        TrinoType::Map(keys, values) => {
            let ((left, lefts), (right, rights)) = (within(left), within(right));
            let same_key = sameness(left.as_struct().column(0), right.as_struct().column(0), keys)?;
            let equal = equality(left.as_struct().column(1), right.as_struct().column(1), values)?;
            Box::new(move |at, other| {
                let (left, right) = (lefts[at].clone(), rights[other].clone());
                if left.len() != right.len() {
                    return Some(false);
                }
                all(left.map(|entry| match right.clone().find(|candidate| same_key(entry, *candidate)) {
                    Some(found) => equal(entry, found),
                    None => Some(false),
                }))
            })
        }
        TrinoType::Row(fields) => {
            let (left, right) = (left.as_struct(), right.as_struct());
            let fields = fields.iter().zip(left.columns()).zip(right.columns());
            let fields: Result<Vec<_>> = fields.map(|(((_, of), left), right)| equality(left, right, of)).collect();
            let fields = fields?;
            Box::new(move |at, other| all(fields.iter().map(|equal| equal(at, other))))
        }
        _ => {
            let order = make_comparator(left, right, SortOptions::default())?;
            Box::new(move |at, other| Some(order(at, other).is_eq()))
        }
    };
    Ok(Box::new(move |at, other| if known(at, other) { equal(at, other) } else { None }))
}

/// Whether two values are not distinct.
fn sameness(left: &ArrayRef, right: &ArrayRef, of: &TrinoType) -> Result<Box<dyn Fn(usize, usize) -> bool>> {
    let (nulls, other_nulls) = (left.logical_nulls(), right.logical_nulls());
    let same: Box<dyn Fn(usize, usize) -> bool> = match of {
        TrinoType::Unknown => Box::new(|_, _| true),
        TrinoType::Real | TrinoType::Double => {
            let double = |array: &ArrayRef| arrow::compute::cast(array, &arrow::datatypes::DataType::Float64);
            let (left, right) = (double(left)?, double(right)?);
            let (left, right) =
                (left.as_primitive::<Float64Type>().clone(), right.as_primitive::<Float64Type>().clone());
            Box::new(move |at, other| {
                let (a, b) = (left.value(at), right.value(other));
                a == b || a.is_nan() && b.is_nan()
            })
        }
        TrinoType::Array(of) => {
            let ((left, lefts), (right, rights)) = (within(left), within(right));
            let same = sameness(&left, &right, of)?;
            Box::new(move |at, other| {
                let (left, right) = (lefts[at].clone(), rights[other].clone());
                left.len() == right.len() && left.zip(right).all(|(a, b)| same(a, b))
            })
        }
        TrinoType::Map(keys, values) => {
            let ((left, lefts), (right, rights)) = (within(left), within(right));
            let same_key = sameness(left.as_struct().column(0), right.as_struct().column(0), keys)?;
            let same = sameness(left.as_struct().column(1), right.as_struct().column(1), values)?;
            Box::new(move |at, other| {
                let (mut left, right) = (lefts[at].clone(), rights[other].clone());
                left.len() == right.len()
                    && left.all(|entry| right.clone().any(|other| same_key(entry, other) && same(entry, other)))
            })
        }
        TrinoType::Row(fields) => {
            let (left, right) = (left.as_struct(), right.as_struct());
            let fields = fields.iter().zip(left.columns()).zip(right.columns());
            let fields: Result<Vec<_>> = fields.map(|(((_, of), left), right)| sameness(left, right, of)).collect();
            let fields = fields?;
            Box::new(move |at, other| fields.iter().all(|same| same(at, other)))
        }
        _ => {
            let order = make_comparator(left, right, SortOptions::default())?;
            Box::new(move |at, other| order(at, other).is_eq())
        }
    };
    Ok(Box::new(move |at, other| {
        let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(at));
        let other_is_null = other_nulls.as_ref().is_some_and(|nulls| nulls.is_null(other));
        if is_null || other_is_null { is_null && other_is_null } else { same(at, other) }
    }))
}

fn order(left: &ArrayRef, right: &ArrayRef, of: &TrinoType) -> Result<Order> {
    Ok(match of {
        TrinoType::Unknown => Box::new(|_, _| Ok(Ordering::Equal)),
        TrinoType::Real | TrinoType::Double => {
            let double = |array: &ArrayRef| arrow::compute::cast(array, &arrow::datatypes::DataType::Float64);
            let (left, right) = (double(left)?, double(right)?);
            let (left, right) =
                (left.as_primitive::<Float64Type>().clone(), right.as_primitive::<Float64Type>().clone());
            Box::new(move |at, other| {
                let (a, b) = (left.value(at), right.value(other));
                Ok(a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())))
            })
        }
        TrinoType::Array(of) => {
            let ((left, lefts), (right, rights)) = (within(left), within(right));
            let part = part(&left, &right, of, "ARRAY comparison not supported for arrays with null elements")?;
            Box::new(move |at, other| {
                let (left, right) = (lefts[at].clone(), rights[other].clone());
                let (length, other_length) = (left.len(), right.len());
                for (a, b) in left.zip(right) {
                    match part(a, b)? {
                        Ordering::Equal => {}
                        found => return Ok(found),
                    }
                }
                Ok(length.cmp(&other_length))
            })
        }
        TrinoType::Row(fields) => {
            let (left, right) = (left.as_struct(), right.as_struct());
            let fields = fields.iter().zip(left.columns()).zip(right.columns());
            let fields: Result<Vec<_>> = fields
                .map(|(((_, of), left), right)| {
                    part(left, right, of, "ROW comparison not supported for fields with null elements")
                })
                .collect();
            let fields = fields?;
            Box::new(move |at, other| {
                for field in &fields {
                    match field(at, other)? {
                        Ordering::Equal => {}
                        found => return Ok(found),
                    }
                }
                Ok(Ordering::Equal)
            })
        }
        _ => {
            let order = make_comparator(left, right, SortOptions::default())?;
            Box::new(move |at, other| Ok(order(at, other)))
        }
    })
}

/// The order of parts, which must not be NULL.
fn part(left: &ArrayRef, right: &ArrayRef, of: &TrinoType, otherwise: &'static str) -> Result<Order> {
    let (nulls, other_nulls) = (left.logical_nulls(), right.logical_nulls());
    let order = order(left, right, of)?;
    Ok(Box::new(move |at, other| {
        let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(at));
        if is_null || other_nulls.as_ref().is_some_and(|nulls| nulls.is_null(other)) {
            return Err(ErrorName::NotSupported.error(otherwise));
        }
        order(at, other)
    }))
}
