//! `contains`, `array_position`, `array_remove`, `contains_sequence`, `arrays_overlap`.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::{Array, BooleanArray, Int64Array, Scalar},
    compute::kernels::cmp::eq,
    row::Rows,
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{Elements, Picks, comparable};
use crate::{
    TrinoType,
    functions::define::{Arguments, Call, common_type, define, is_integer, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![contains(), array_position(), array_remove(), contains_sequence(), arrays_overlap()]
}

/// The type that the elements of an array and a value have in common.
fn common_element(types: &[TrinoType]) -> Option<TrinoType> {
    match types {
        [TrinoType::Array(of), value] => common_type(of, value),
        [TrinoType::Unknown, value] => Some(value.clone()),
        _ => None,
    }
}

/// The type that the elements of two arrays have in common.
pub(super) fn common_elements(types: &[TrinoType]) -> Option<TrinoType> {
    match types {
        [a @ (TrinoType::Array(_) | TrinoType::Unknown), b @ (TrinoType::Array(_) | TrinoType::Unknown)] => {
            match common_type(a, b)? {
                TrinoType::Array(of) => Some(*of),
                _ => Some(TrinoType::Unknown),
            }
        }
        _ => None,
    }
}

/// The elements of the first argument and the values of the second, and which rows have both.
struct Search {
    elements: Elements,
    compared: Compared,
}

/// Elements beside what is sought among them.
enum Compared {
    /// Which elements are the one value that is sought in all rows; NULL for those that are NULL.
    WithOne(BooleanArray),
    /// Both in a form whose bytes can be compared, what is sought once a row.
    ByRow { keys: Rows, sought: Rows },
}

impl Search {
    fn of(call: &Call) -> Result<Self> {
        let of = common_element(&call.types).unwrap_or(TrinoType::Unknown);
        let elements = Elements::of(&call.lists_of(0, &of)?)?;
        // What the kernel compares as Trino does: fractions have two zeros and many NaNs.
        let is_plain = is_integer(&of) || is_text(&of) || matches!(of, TrinoType::Date | TrinoType::Boolean);
        let compared = match call.constant(1, &of)?.filter(|_| is_plain) {
            Some(sought) => Compared::WithOne(eq(&elements.values, &Scalar::new(sought))?),
            None => Compared::ByRow {
                keys: comparable(&[Arc::clone(&elements.values)])?,
                sought: comparable(&[call.values_as(1, &of)?])?,
            },
        };
        Ok(Self { elements, compared })
    }

    /// Whether an element is what is sought in a row.
    fn is_sought(&self, at: usize, row: usize) -> bool {
        match &self.compared {
            Compared::WithOne(are_equal) => are_equal.is_valid(at) && are_equal.value(at),
            Compared::ByRow { keys, sought } => keys.row(at) == sought.row(row),
        }
    }

    fn position(&self, row: usize) -> Option<usize> {
        self.elements.range(row).position(|at| self.is_sought(at, row))
    }
}

fn is_null(call: &Call, row: usize) -> bool {
    call.arrays.iter().any(|array| array.is_null(row) || array.data_type().is_null())
}

/// `contains(array, x)`: whether it has the element; NULL if it has not but has NULLs, and for NULLs.
fn contains() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| Ok(common_element(arguments.types).map(|_| TrinoType::Boolean));
    define("contains", typing, |call| {
        let search = Search::of(call)?;
        let of_row = |row| {
            if is_null(call, row) {
                return None;
            }
            let has_null = || search.elements.range(row).any(|at| search.elements.values.is_null(at));
            search.position(row).map(|_| true).or_else(|| (!has_null()).then_some(false))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<BooleanArray>()))
    })
}

/// `array_position(array, x)`: the place of the first such element from 1 on, 0 if there is none.
fn array_position() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| Ok(common_element(arguments.types).map(|_| TrinoType::Bigint));
    define("array_position", typing, |call| {
        let search = Search::of(call)?;
        let place = |row| search.position(row).map_or(0, |at| i64::try_from(at + 1).unwrap_or(i64::MAX));
        let of_row = |row| (!is_null(call, row)).then(|| place(row));
        Ok(Arc::new((0..call.rows).map(of_row).collect::<Int64Array>()))
    })
}

/// `array_remove(array, x)`: the elements that are not the same, NULLs among them.
fn array_remove() -> Arc<ScalarUDF> {
    let typing =
        |arguments: &Arguments<'_>| Ok(common_element(arguments.types).map(|of| TrinoType::Array(Box::new(of))));
    define("array_remove", typing, |call| {
        let search = Search::of(call)?;
        let mut picks = Picks::from(vec![Arc::clone(&search.elements.values)], call.rows);
        for row in 0..call.rows {
            if is_null(call, row) {
                picks.null_row();
                continue;
            }
            let range = search.elements.range(row);
            range.filter(|at| !search.is_sought(*at, row)).for_each(|at| picks.push(0, at));
            picks.end_row();
        }
        picks.finish()
    })
}

/// `contains_sequence(array, part)`: whether all elements of the part follow each other somewhere in the array.
fn contains_sequence() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| Ok(common_elements(arguments.types).map(|_| TrinoType::Boolean));
    define("contains_sequence", typing, |call| {
        let (whole, wholes, part, parts) = both(call)?;
        let of_row = |row| {
            if is_null(call, row) {
                return None;
            }
            let (range, sought) = (whole.range(row), part.range(row));
            let length = sought.len();
            let fits = |start: usize| {
                (0..length).all(|at| wholes.row(range.start + start + at) == parts.row(sought.start + at))
            };
            Some(length <= range.len() && (0..=range.len() - length).any(fits))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<BooleanArray>()))
    })
}

/// The elements of two arrays, to be compared.
pub(super) fn both(call: &Call) -> Result<(Elements, Rows, Elements, Rows)> {
    let of = common_elements(&call.types).unwrap_or(TrinoType::Unknown);
    let (left, right) = (Elements::of(&call.lists_of(0, &of)?)?, Elements::of(&call.lists_of(1, &of)?)?);
    let (lefts, rights) = (comparable(&[Arc::clone(&left.values)])?, comparable(&[Arc::clone(&right.values)])?);
    Ok((left, lefts, right, rights))
}

/// `arrays_overlap(a, b)`: whether an element that is not NULL is in both; NULL if not and NULL is in one of them.
fn arrays_overlap() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| Ok(common_elements(arguments.types).map(|_| TrinoType::Boolean));
    define("arrays_overlap", typing, |call| {
        let (left, lefts, right, rights) = both(call)?;
        let of_row = |row| {
            if is_null(call, row) || left.range(row).is_empty() || right.range(row).is_empty() {
                return if is_null(call, row) { None } else { Some(false) };
            }
            let valid = left.range(row).filter(|at| left.values.is_valid(*at));
            let known: HashSet<_> = valid.map(|at| lefts.row(at)).collect();
            if right.range(row).any(|at| right.values.is_valid(at) && known.contains(&rights.row(at))) {
                return Some(true);
            }
            let has_null = |of: &Elements| of.range(row).any(|at| of.values.is_null(at));
            (!has_null(&left) && !has_null(&right)).then_some(false)
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<BooleanArray>()))
    })
}
