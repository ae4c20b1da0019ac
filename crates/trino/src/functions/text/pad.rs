//! `lpad` and `rpad`.

use arrow::array::{ArrayRef, BinaryArray, Int64Array, StringArray};
use datafusion::error::Result;

use crate::{ErrorName, TrinoType, functions::scalar::Call};

pub(super) const FORMS: &[&str] = &["varchar, bigint, varchar -> varchar", "varbinary, bigint, varbinary -> varbinary"];

pub(super) fn lpad(call: &Call) -> Result<ArrayRef> {
    pad(call, true)
}

pub(super) fn rpad(call: &Call) -> Result<ArrayRef> {
    pad(call, false)
}

fn pad(call: &Call, at_left: bool) -> Result<ArrayRef> {
    if call.types.result == TrinoType::Varbinary {
        return call.map3::<BinaryArray, Int64Array, BinaryArray, _, BinaryArray>(|bytes, length, with| {
            let length = target(length, with.is_empty())?;
            Ok(Some(padded(bytes.to_vec(), length, with, at_left)))
        });
    }
    call.map3::<StringArray, Int64Array, StringArray, _, StringArray>(|text, length, with| {
        let length = target(length, with.is_empty())?;
        let with: Vec<char> = with.chars().collect();
        Ok(Some(padded(text.chars().collect(), length, &with, at_left).into_iter().collect::<String>()))
    })
}

/// The most that a text may be padded to: what one row of a result may hold.
const MOST: usize = 1 << 30;

fn target(length: i64, is_empty: bool) -> Result<usize> {
    let bad = |message: &str| ErrorName::InvalidFunctionArgument.error(message);
    if is_empty {
        return Err(bad("Padding string must not be empty"));
    }
    match usize::try_from(length) {
        Ok(length) if length <= MOST => Ok(length),
        Ok(length) if i32::try_from(length).is_ok() => Err(bad("the padded text is longer than 1 GiB")),
        _ => Err(bad("Target length must be in the range [0..2147483647]")),
    }
}

fn padded<T: Copy>(mut value: Vec<T>, length: usize, with: &[T], at_left: bool) -> Vec<T> {
    let missing = length.saturating_sub(value.len());
    value.truncate(length);
    let padding = with.iter().copied().cycle().take(missing);
    if at_left {
        padding.chain(value.iter().copied()).collect()
    } else {
        value.iter().copied().chain(padding).collect()
    }
}
