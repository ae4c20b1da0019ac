//! `array_intersect`, `array_union`, `array_except`, `array_concat`, `flatten`.

use std::{collections::HashSet, sync::Arc};

use arrow::array::Array;
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{
    Elements, Picks,
    search::{both, common_elements},
};
use crate::{
    TrinoType,
    functions::define::{Arguments, Call, common_type, define},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("array_intersect", typing, |call| of_both(call, Some(true), false)),
        define("array_except", typing, |call| of_both(call, Some(false), false)),
        define("array_union", typing, |call| of_both(call, None, true)),
        array_concat(),
        flatten(),
    ]
}

fn typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(common_elements(arguments.types).map(|of| TrinoType::Array(Box::new(of))))
}

/// `array_intersect(a, b)`, `array_except(a, b)`, `array_union(a, b)`: each element once that is in both, in the first
/// and not in the second, or in one of them; NULL is an element like others.
fn of_both(call: &Call, in_second: Option<bool>, and_second: bool) -> Result<arrow::array::ArrayRef> {
    let (left, lefts, right, rights) = both(call)?;
    let mut picks = Picks::from(vec![Arc::clone(&left.values), Arc::clone(&right.values)], call.rows);
    let nulls = call.strict();
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            picks.null_row();
            continue;
        }
        let others: HashSet<_> = right.range(row).map(|at| rights.row(at)).collect();
        let mut seen = HashSet::new();
        for at in left.range(row) {
            let fits = in_second.is_none_or(|is_in| others.contains(&lefts.row(at)) == is_in);
            if fits && seen.insert(lefts.row(at)) {
                picks.push(0, at);
            }
        }
        if and_second {
            for at in right.range(row).filter(|at| seen.insert(rights.row(*at))) {
                picks.push(1, at);
            }
        }
        picks.end_row();
    }
    picks.finish()
}

/// The type of the elements of arrays and elements put together.
fn concatenated(types: &[TrinoType]) -> Option<TrinoType> {
    let arrays = types.iter().filter_map(|of| match of {
        TrinoType::Array(of) => Some(of.as_ref().clone()),
        _ => None,
    });
    let of = arrays.reduce(|a, b| common_type(&a, &b).unwrap_or(a))?;
    types.iter().try_fold(of, |of, other| match other {
        TrinoType::Array(inner) => match common_type(&of, inner) {
            Some(of) => Some(of),
            // An array of arrays and one of its elements.
            None => common_type(&of, other),
        },
        other => common_type(&of, other),
    })
}

/// Whether an argument stands for one element and not for an array of them.
fn is_element(of: &TrinoType, element: &TrinoType) -> bool {
    match of {
        TrinoType::Array(inner) => common_type(inner, element).is_none(),
        TrinoType::Unknown => false,
        _ => true,
    }
}

/// `concat(array, …)` and `||`: the elements of all arrays; with `||` one side may be an element, NULL too. `concat` of
/// texts is another function. NULL if an array is.
fn array_concat() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| Ok(concatenated(arguments.types).map(|of| TrinoType::Array(Box::new(of))));
    define("array_concat", typing, |call| {
        let TrinoType::Array(of) = call.return_type() else { return call.fitted(Arc::clone(&call.arrays[0])) };
        let mut sources = Vec::new();
        let mut ranges = Vec::new();
        for (at, given) in call.types.iter().enumerate() {
            if is_element(given, &of) {
                sources.push(call.values_as(at, &of)?);
                ranges.push(None);
            } else {
                let list = call.lists_of(at, &of)?;
                let elements = Elements::of(&list)?;
                sources.push(Arc::clone(&elements.values));
                ranges.push(Some((list, elements)));
            }
        }
        let mut picks = Picks::from(sources, call.rows);
        for row in 0..call.rows {
            if ranges.iter().flatten().any(|(list, _)| list.is_null(row)) {
                picks.null_row();
                continue;
            }
            for (source, range) in ranges.iter().enumerate() {
                match range {
                    Some((_, elements)) => elements.range(row).for_each(|at| picks.push(source, at)),
                    None => picks.push(source, row),
                }
            }
            picks.end_row();
        }
        picks.finish()
    })
}

/// `flatten(array)`: the elements of the arrays in it, those that are NULL left out.
fn flatten() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [TrinoType::Array(of)] if matches!(**of, TrinoType::Array(_)) => Some(of.as_ref().clone()),
            [TrinoType::Unknown] => Some(TrinoType::Unknown),
            _ => None,
        })
    };
    define("flatten", typing, |call| {
        let list = call.lists(0)?;
        let outer = Elements::of(&list)?;
        let TrinoType::Array(of) = call.return_type() else { return Ok(Arc::clone(&call.arrays[0])) };
        let kind = TrinoType::Array(of).data_type();
        let inner = crate::functions::define::fit(&outer.values, &kind)?;
        let elements = Elements::of(arrow::array::AsArray::as_list::<i32>(&inner))?;
        let mut picks = Picks::from(vec![Arc::clone(&elements.values)], call.rows);
        for row in 0..call.rows {
            if list.is_null(row) {
                picks.null_row();
                continue;
            }
            outer.range(row).flat_map(|at| elements.range(at)).for_each(|at| picks.push(0, at));
            picks.end_row();
        }
        picks.finish()
    })
}
