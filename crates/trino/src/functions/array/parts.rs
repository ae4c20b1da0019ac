//! `slice`, `trim_array`, `ngrams`, `combinations`, `repeat`, `zip`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ListArray, StructArray},
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{Field, Fields},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{Elements, Picks};
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, Call, define, is_integer},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("slice", |arguments| Ok(array_and_integers(arguments, 3)), slice),
        define("trim_array", |arguments| Ok(array_and_integers(arguments, 2)), trim_array),
        define("ngrams", |arguments| Ok(arrays_of(arguments)), |call| groups(call, ngrams)),
        define("combinations", |arguments| Ok(arrays_of(arguments)), |call| groups(call, combinations)),
        repeat(),
        zip(),
    ]
}

fn array_and_integers(arguments: &Arguments<'_>, count: usize) -> Option<TrinoType> {
    let (of, integers) = arguments.types.split_first()?;
    let fits = integers.len() + 1 == count && integers.iter().all(|of| is_integer(of) || *of == TrinoType::Unknown);
    (fits && matches!(of, TrinoType::Array(_) | TrinoType::Unknown)).then(|| of.clone())
}

fn arrays_of(arguments: &Arguments<'_>) -> Option<TrinoType> {
    array_and_integers(arguments, 2).map(|of| TrinoType::Array(Box::new(of)))
}

fn invalid(message: impl Into<String>) -> datafusion::error::DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

fn length(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// For each row without NULLs, the part of the elements that a function says by their number and the integers.
fn part(call: &Call, part: impl Fn(i64, &[i64]) -> Result<(i64, i64)>) -> Result<ArrayRef> {
    let elements = Elements::of(&call.lists(0)?)?;
    let integers: Result<Vec<_>> = (1..call.len()).map(|at| call.integers(at)).collect();
    let integers = integers?;
    let nulls = call.strict();
    let mut picks = Picks::from(vec![Arc::clone(&elements.values)], call.rows);
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            picks.null_row();
            continue;
        }
        let range = elements.range(row);
        let values: Vec<i64> = integers.iter().map(|values| values.value(row)).collect();
        let (skipped, taken) = part(length(range.len()), &values)?;
        let skipped = usize::try_from(skipped).unwrap_or_default();
        let taken = usize::try_from(taken).unwrap_or_default();
        range.skip(skipped).take(taken).for_each(|at| picks.push(0, at));
        picks.end_row();
    }
    picks.finish()
}

/// `slice(array, start, length)`: so many elements from a place on, which counts from 1, or from the end if it is
/// negative. What lies outside is left out. INVALID_FUNCTION_ARGUMENT for a place of 0 and a negative length.
fn slice(call: &Call) -> Result<ArrayRef> {
    part(call, |length, values| {
        let (start, taken) = (values[0], values[1]);
        if start == 0 {
            return Err(invalid("SQL array indices start at 1"));
        }
        if taken < 0 {
            return Err(invalid("length must be greater than or equal to 0"));
        }
        let skipped = if start > 0 { start - 1 } else { length + start };
        Ok(if skipped < 0 { (0, 0) } else { (skipped, taken) })
    })
}

/// `trim_array(array, n)`: all elements but the last n. INVALID_FUNCTION_ARGUMENT if there are not so many.
fn trim_array(call: &Call) -> Result<ArrayRef> {
    part(call, |length, values| {
        let size = values[0];
        if size < 0 {
            return Err(invalid(format!("size must not be negative: {size}")));
        }
        if size > length {
            return Err(invalid(format!("size must not exceed array cardinality {length}: {size}")));
        }
        Ok((0, length - size))
    })
}

/// For each row without NULLs, groups of elements: their places from 0 on.
fn groups(call: &Call, of_row: fn(usize, i64) -> Result<Vec<Vec<usize>>>) -> Result<ArrayRef> {
    let elements = Elements::of(&call.lists(0)?)?;
    let sizes = call.integers(1)?;
    let nulls = call.strict();
    let mut inner = Picks::from(vec![Arc::clone(&elements.values)], call.rows);
    let mut lengths = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            lengths.push(0);
            continue;
        }
        let range = elements.range(row);
        let groups = of_row(range.len(), sizes.value(row))?;
        lengths.push(groups.len());
        for group in groups {
            group.into_iter().for_each(|at| inner.push(0, range.start + at));
            inner.end_row();
        }
    }
    let inner = inner.finish()?;
    let item = Arc::new(Field::new("item", inner.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), inner, nulls)?))
}

/// `ngrams(array, n)`: the arrays of n elements that follow each other; the array itself if it is shorter.
fn ngrams(length: usize, size: i64) -> Result<Vec<Vec<usize>>> {
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| invalid("N must be positive"))?;
    if length <= size {
        return Ok(vec![(0..length).collect()]);
    }
    Ok((0..=length - size).map(|start| (start..start + size).collect()).collect())
}

/// `combinations(array, n)`: the choices of n of the elements, n ≤ 5, in the order of the last one chosen, then of the one
/// before, and so on. INVALID_FUNCTION_ARGUMENT if they have more than 100,000 elements together.
fn combinations(length: usize, size: i64) -> Result<Vec<Vec<usize>>> {
    let size = usize::try_from(size).map_err(|_| invalid(format!("combination size must not be negative: {size}")))?;
    if size > 5 {
        return Err(invalid(format!("combination size must not exceed 5: {size}")));
    }
    if size > length {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    let mut chosen: Vec<usize> = (0..size).collect();
    loop {
        if (all.len() + 1) * size > 100_000 {
            return Err(invalid("combinations exceed max size"));
        }
        all.push(chosen.clone());
        // The first that can go on without reaching the next one does, and those before start again.
        let limit = |at: usize| chosen.get(at + 1).copied().unwrap_or(length);
        let Some(at) = (0..size).find(|at| chosen[*at] + 1 < limit(*at)) else { return Ok(all) };
        chosen[at] += 1;
        chosen.iter_mut().take(at).enumerate().for_each(|(place, chosen)| *chosen = place);
    }
}

/// `repeat(x, n)`: the array of n times the value, NULL too. INVALID_FUNCTION_ARGUMENT unless 0 ≤ n ≤ 10000.
fn repeat() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [of, count] if is_integer(count) => Some(TrinoType::Array(Box::new(of.clone()))),
            _ => None,
        })
    };
    define("repeat", typing, |call| {
        let counts = call.integers(1)?;
        let mut picks = Picks::from(vec![Arc::clone(&call.arrays[0])], call.rows);
        for row in 0..call.rows {
            if counts.is_null(row) {
                picks.null_row();
                continue;
            }
            match usize::try_from(counts.value(row)) {
                Ok(count) if count <= 10_000 => (0..count).for_each(|_| picks.push(0, row)),
                Ok(_) => return Err(invalid("count argument of repeat function must be less than or equal to 10000")),
                Err(_) => return Err(invalid("count argument of repeat function must be greater than or equal to 0")),
            }
            picks.end_row();
        }
        picks.finish()
    })
}

/// `zip(a, b, …)`: the array of rows of the elements at the same places; shorter arrays are filled up with NULLs. NULL
/// if an array is.
fn zip() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let element = |of: &TrinoType| match of {
            TrinoType::Array(of) => Some((None, of.as_ref().clone())),
            TrinoType::Unknown => Some((None, TrinoType::Unknown)),
            _ => None,
        };
        let fields: Option<Vec<_>> = arguments.types.iter().map(element).collect();
        let fields = fields.filter(|fields| (2..=5).contains(&fields.len()));
        Ok(fields.map(|fields| TrinoType::Array(Box::new(TrinoType::Row(fields)))))
    };
    define("zip", typing, |call| {
        let lists: Result<Vec<_>> = (0..call.len()).map(|at| Elements::of(&call.lists(at)?)).collect();
        let lists = lists?;
        let nulls = call.strict();
        let mut lengths = Vec::with_capacity(call.rows);
        let mut columns: Vec<Picks> =
            lists.iter().map(|list| Picks::from(vec![Arc::clone(&list.values)], call.rows)).collect();
        for row in 0..call.rows {
            let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
            let longest = lists.iter().map(|list| list.range(row).len()).max().unwrap_or_default();
            let count = if is_null { 0 } else { longest };
            for (list, column) in lists.iter().zip(&mut columns) {
                let range = list.range(row);
                for at in 0..count {
                    if at < range.len() { column.push(0, range.start + at) } else { column.push_null() }
                }
            }
            lengths.push(count);
        }
        let columns: Result<Vec<_>> = columns.iter().map(Picks::values).collect();
        rows_in_lists(columns?, lengths, nulls)
    })
}

fn rows_in_lists(columns: Vec<ArrayRef>, lengths: Vec<usize>, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
    let field = |(at, column): (usize, &ArrayRef)| Field::new(format!("{at}"), column.data_type().clone(), true);
    let fields: Fields = columns.iter().enumerate().map(field).collect();
    let rows: ArrayRef = Arc::new(StructArray::try_new(fields, columns, None)?);
    let item = Arc::new(Field::new("item", rows.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), rows, nulls)?))
}
