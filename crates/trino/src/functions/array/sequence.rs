//! `sequence`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, ListArray},
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{DurationMillisecondType, IntervalYearMonthType},
};
use chrono::{NaiveDateTime, TimeDelta};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ScalarUDF,
};

use crate::{
    ErrorName, TrinoType,
    functions::{
        define::{Arguments, Call, define, is_integer},
        time::{Moments, array_of, is_moment, out_of_range, plus_months},
    },
};

/// Most elements of a sequence.
const MOST: usize = 10_000;
const MILLIS_OF_DAY: i64 = 86_400_000;

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![sequence()]
}

fn invalid(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

/// `sequence(start, stop[, step])`: the array of the values from `start` on, `step` apart, up to `stop` and with it if
/// one is reached. Of integers, the step is 1 or -1 unless said; of dates, a day or minus one; timestamps need one.
/// INVALID_FUNCTION_ARGUMENT if the step is zero or leads away from `stop`, or if there would be more than 10,000.
fn sequence() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let is_interval =
            |of: &TrinoType| matches!(of, TrinoType::IntervalDayToSecond | TrinoType::IntervalYearToMonth);
        let is_number = |of: &TrinoType| is_integer(of) || *of == TrinoType::Unknown;
        let of = match arguments.types {
            [start, rest @ ..] if is_integer(start) && rest.len() <= 2 && !rest.is_empty() => {
                return Ok(rest.iter().all(is_number).then(|| TrinoType::Array(Box::new(TrinoType::Bigint))));
            }
            [TrinoType::Date, TrinoType::Date] => TrinoType::Date,
            [start, stop, step] if is_moment(start) && start == stop && is_interval(step) => start.clone(),
            _ => return Ok(None),
        };
        Ok(Some(TrinoType::Array(Box::new(of))))
    };
    define("sequence", typing, |call| if is_integer(&call.types[0]) { of_integers(call) } else { of_moments(call) })
}

/// Which way a step leads, and that it leads to the end.
fn checked(start_is_after: bool, is_same: bool, step: i64) -> Result<()> {
    if step == 0 {
        return Err(invalid("step must not be zero"));
    }
    if !is_same && start_is_after != (step < 0) {
        return Err(invalid(
            "sequence stop value should be greater than or equal to start value if step is greater than zero \
             otherwise stop should be less than or equal to start",
        ));
    }
    Ok(())
}

fn too_many() -> DataFusionError {
    invalid("result of sequence function must not have more than 10000 entries")
}

fn of_integers(call: &Call) -> Result<ArrayRef> {
    let (starts, stops) = (call.integers(0)?, call.integers(1)?);
    let steps = if call.len() > 2 { Some(call.integers(2)?) } else { None };
    let nulls = call.strict();
    let (mut values, mut lengths) = (Vec::new(), Vec::with_capacity(call.rows));
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            lengths.push(0);
            continue;
        }
        let (start, stop) = (starts.value(row), stops.value(row));
        let step = steps.as_ref().map_or(if start <= stop { 1 } else { -1 }, |steps| steps.value(row));
        checked(start > stop, start == stop, step)?;
        let count = (i128::from(stop) - i128::from(start)) / i128::from(step);
        let count = usize::try_from(count).ok().filter(|count| *count < MOST).ok_or_else(too_many)? + 1;
        let mut next = Some(start);
        values.extend((0..count).map_while(|_| {
            let value = next?;
            next = value.checked_add(step);
            Some(value)
        }));
        lengths.push(count);
    }
    listed(Arc::new(Int64Array::from(values)), lengths, nulls, call)
}

fn of_moments(call: &Call) -> Result<ArrayRef> {
    let (starts, stops) = (Moments::of(&call.arrays[0])?, Moments::of(&call.arrays[1])?);
    let of = &call.types[0];
    let in_months = call.types.get(2) == Some(&TrinoType::IntervalYearToMonth);
    let steps = match call.types.get(2) {
        Some(kind) => Some(call.values_as(2, kind)?),
        None => None,
    };
    let nulls = call.strict();
    let (mut values, mut lengths) = (Vec::new(), Vec::with_capacity(call.rows));
    for row in 0..call.rows {
        let ends = starts.local(row).zip(stops.local(row));
        let (Some((start, stop)), false) = (ends, nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))) else {
            lengths.push(0);
            continue;
        };
        let step = match &steps {
            None if start <= stop => MILLIS_OF_DAY,
            None => -MILLIS_OF_DAY,
            Some(steps) if in_months => i64::from(steps.as_primitive::<IntervalYearMonthType>().value(row)),
            Some(steps) => steps.as_primitive::<DurationMillisecondType>().value(row),
        };
        if *of == TrinoType::Date && !in_months && step % MILLIS_OF_DAY != 0 {
            return Err(invalid("sequence step must be a day interval if start and end values are dates"));
        }
        checked(start > stop, start == stop, step)?;
        let before = values.len();
        // Months are counted from the start, as the 31st comes back after a shorter one.
        for place in 0_i64.. {
            let moved = moved(start, step.checked_mul(place).ok_or_else(out_of_range)?, in_months)?;
            if (step > 0 && moved > stop) || (step < 0 && moved < stop) {
                break;
            }
            if values.len() - before == MOST {
                return Err(too_many());
            }
            values.push(Some(starts.instant_of(moved)));
        }
        lengths.push(values.len() - before);
    }
    listed(array_of(values.into_iter(), of)?, lengths, nulls, call)
}

fn moved(start: NaiveDateTime, by: i64, in_months: bool) -> Result<NaiveDateTime> {
    if in_months {
        return plus_months(start, by);
    }
    let span = TimeDelta::try_milliseconds(by).ok_or_else(out_of_range)?;
    start.checked_add_signed(span).ok_or_else(out_of_range)
}

fn listed(values: ArrayRef, lengths: Vec<usize>, nulls: Option<NullBuffer>, call: &Call) -> Result<ArrayRef> {
    let item = Arc::new(arrow::datatypes::Field::new("item", values.data_type().clone(), true));
    call.fitted(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), values, nulls)?))
}
