//! `length` and `substr`.

use arrow::array::{ArrayRef, BinaryArray, Int64Array, StringArray};
use datafusion::error::Result;

use crate::{TrinoType, functions::scalar::Call};

pub(super) const FORMS: &[&str] = &[
    "varchar(x), bigint -> varchar(x)",
    "varchar(x), bigint, bigint -> varchar(x)",
    "varbinary, bigint -> varbinary",
    "varbinary, bigint, bigint -> varbinary",
];

fn is_binary(call: &Call) -> bool {
    call.types.parameters[0] == TrinoType::Varbinary
}

#[expect(clippy::cast_possible_wrap, reason = "lengths of values fit 63 bits")]
pub(super) fn length(call: &Call) -> Result<ArrayRef> {
    if is_binary(call) {
        return call.map1::<BinaryArray, _, Int64Array>(|bytes| Ok(Some(bytes.len() as i64)));
    }
    call.map1::<StringArray, _, Int64Array>(|text| Ok(Some(text.chars().count() as i64)))
}

pub(super) fn substr(call: &Call) -> Result<ArrayRef> {
    match (is_binary(call), call.len()) {
        (false, 2) => {
            call.map2::<StringArray, Int64Array, _, StringArray>(|text, start| Ok(Some(part(text, start, None))))
        }
        (false, _) => call.map3::<StringArray, Int64Array, Int64Array, _, StringArray>(|text, start, length| {
            Ok(Some(part(text, start, Some(length))))
        }),
        (true, 2) => call.map2::<BinaryArray, Int64Array, _, BinaryArray>(|bytes, start| {
            let (from, to) = bounds(bytes.len(), start, None);
            Ok(Some(&bytes[from..to]))
        }),
        (true, _) => call.map3::<BinaryArray, Int64Array, Int64Array, _, BinaryArray>(|bytes, start, length| {
            let (from, to) = bounds(bytes.len(), start, Some(length));
            Ok(Some(&bytes[from..to]))
        }),
    }
}

/// Where a part begins and ends, counted from 0, of so many.
fn bounds(count: usize, start: i64, length: Option<i64>) -> (usize, usize) {
    let all = i64::try_from(count).unwrap_or(i64::MAX);
    let from = match start {
        1.. => start - 1,
        0 => all,
        _ => all + start.max(-i64::MAX),
    };
    if from < 0 || from >= all || length.is_some_and(|length| length <= 0) {
        return (0, 0);
    }
    let to = length.map_or(all, |length| from.saturating_add(length).min(all));
    (usize::try_from(from).unwrap_or(0), usize::try_from(to).unwrap_or(0))
}

fn part(text: &str, start: i64, length: Option<i64>) -> &str {
    if text.is_ascii() {
        let (from, to) = bounds(text.len(), start, length);
        return &text[from..to];
    }
    let (from, to) = bounds(text.chars().count(), start, length);
    let at = |position: usize| text.char_indices().nth(position).map_or(text.len(), |(at, _)| at);
    &text[at(from)..at(to)]
}
