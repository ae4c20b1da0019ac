//! Characters as numbers and texts as bytes.

use arrow::array::{ArrayRef, BinaryArray, Int32Array, Int64Array, StringArray};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, TrinoType, functions::scalar::Call};

fn bad(message: String) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

pub(super) fn chr(call: &Call) -> Result<ArrayRef> {
    call.map1::<Int64Array, _, StringArray>(|number| {
        let letter = u32::try_from(number).ok().and_then(char::from_u32);
        let letter = letter.ok_or_else(|| bad(format!("Not a valid Unicode code point: {number}")))?;
        Ok(Some(letter.to_string()))
    })
}

pub(super) fn codepoint(call: &Call) -> Result<ArrayRef> {
    call.map1::<StringArray, _, Int32Array>(|text| {
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(i32::try_from(u32::from(letter)).ok()),
            _ => Err(bad("Input string must be a single character string".to_owned())),
        }
    })
}

pub(super) fn to_utf8(call: &Call) -> Result<ArrayRef> {
    call.map1::<StringArray, _, BinaryArray>(|text| Ok(Some(text.as_bytes())))
}

pub(super) fn from_utf8(call: &Call) -> Result<ArrayRef> {
    if call.len() == 1 {
        return call.map1::<BinaryArray, _, StringArray>(|bytes| Ok(Some(String::from_utf8_lossy(bytes))));
    }
    if call.types.parameters[1] == TrinoType::Bigint {
        return call.map2::<BinaryArray, Int64Array, _, StringArray>(|bytes, number| {
            let letter = u32::try_from(number).ok().and_then(char::from_u32);
            let letter = letter.ok_or_else(|| bad("Invalid replacement character".to_owned()))?;
            Ok(Some(replaced(bytes, letter.encode_utf8(&mut [0; 4]))))
        });
    }
    call.map2::<BinaryArray, StringArray, _, StringArray>(|bytes, with| {
        if with.chars().nth(1).is_some() {
            return Err(bad("Replacement character string must empty or a single character".to_owned()));
        }
        Ok(Some(replaced(bytes, with)))
    })
}

fn replaced(bytes: &[u8], with: &str) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str(with);
        }
    }
    text
}
