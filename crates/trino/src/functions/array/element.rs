//! `element_at` and `subscript`, of arrays and maps.

use std::sync::Arc;

use arrow::{array::ArrayRef, util::display::array_value_to_string};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ScalarUDF,
};

use super::{Elements, Picks, comparable};
use crate::{
    ErrorName, TrinoType,
    functions::{
        define::{Arguments, Call, common_type, define, fit, is_integer},
        map::Entries,
    },
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("element_at", typing, |call| values(call, false)),
        define("subscript", typing, |call| values(call, true)),
    ]
}

/// `element_at(array, i)`: the element at a place from 1 on, or from the end if it is negative, NULL if there is none;
/// `element_at(map, key)`: the value of the key, NULL if there is none.
///
/// `array[i]` and `map[key]`, which the planner writes `subscript`, end with INVALID_FUNCTION_ARGUMENT instead of NULL,
/// and for negative places. A place of 0 is INVALID_FUNCTION_ARGUMENT for both.
fn typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [TrinoType::Array(of), at] if is_integer(at) || *at == TrinoType::Unknown => Some(of.as_ref().clone()),
        [TrinoType::Map(key, value), given] if common_type(key, given).is_some() => Some(value.as_ref().clone()),
        [TrinoType::Unknown, _] => Some(TrinoType::Unknown),
        _ => None,
    })
}

fn values(call: &Call, is_strict: bool) -> Result<ArrayRef> {
    match &call.types[0] {
        TrinoType::Array(_) => elements(call, is_strict),
        TrinoType::Map(key, _) => values_of_keys(call, key, is_strict),
        _ => Ok(Arc::clone(&call.arrays[0])),
    }
}

fn invalid(message: impl Into<String>) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

fn elements(call: &Call, is_strict: bool) -> Result<ArrayRef> {
    let elements = Elements::of(&call.lists(0)?)?;
    let places = call.integers(1)?;
    let nulls = call.strict();
    let mut picks = Picks::from(vec![Arc::clone(&elements.values)], call.rows);
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            picks.push_null();
            continue;
        }
        let (range, place) = (elements.range(row), places.value(row));
        let length = i64::try_from(range.len()).unwrap_or(i64::MAX);
        if place == 0 {
            return Err(invalid("SQL array indices start at 1"));
        }
        if is_strict && place < 0 {
            return Err(invalid(format!("Array subscript is negative: {place}")));
        }
        if is_strict && place > length {
            let message = format!("Array subscript must be less than or equal to array length: {place} > {length}");
            return Err(invalid(message));
        }
        let at = if place > 0 { place - 1 } else { length.saturating_add(place) };
        match usize::try_from(at) {
            Ok(at) if at < range.len() => picks.push(0, range.start + at),
            _ => picks.push_null(),
        }
    }
    picks.values()
}

fn values_of_keys(call: &Call, key: &TrinoType, is_strict: bool) -> Result<ArrayRef> {
    let of = common_type(key, &call.types[1]).unwrap_or_else(|| key.clone());
    let entries = Entries::of(&call.maps(0))?;
    let sought = call.values_as(1, &of)?;
    let keys = comparable(&[fit(&entries.keys, &of.data_type())?])?;
    let wanted = comparable(&[Arc::clone(&sought)])?;
    let nulls = call.strict();
    let mut picks = Picks::from(vec![Arc::clone(&entries.values)], call.rows);
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            picks.push_null();
            continue;
        }
        match entries.range(row).find(|at| keys.row(*at) == wanted.row(row)) {
            Some(at) => picks.push(0, at),
            None if is_strict => {
                let key = array_value_to_string(&sought, row)?;
                return Err(invalid(format!("Key not present in map: {key}")));
            }
            None => picks.push_null(),
        }
    }
    picks.values()
}
