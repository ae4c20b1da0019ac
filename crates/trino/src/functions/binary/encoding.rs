//! Bytes as text: hexadecimal and base64.

use arrow::array::{ArrayRef, BinaryArray, StringArray};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, TrinoType, functions::scalar::Call};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

pub(super) fn bad(message: impl Into<String>) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

/// Decodes texts, or bytes that are the letters of a text.
pub(super) fn decoded(call: &Call, decode: impl Fn(&[u8]) -> Result<Vec<u8>>) -> Result<ArrayRef> {
    if call.types.parameters[0] == TrinoType::Varbinary {
        return call.map1::<BinaryArray, _, BinaryArray>(|bytes| decode(bytes).map(Some));
    }
    call.map1::<StringArray, _, BinaryArray>(|text| decode(text.as_bytes()).map(Some))
}

pub(super) fn to_hex(call: &Call) -> Result<ArrayRef> {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'A' + value - 10 });
    call.written1::<BinaryArray>(|bytes, into| {
        into.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    })
}

pub(super) fn from_hex(call: &Call) -> Result<ArrayRef> {
    decoded(call, |letters| {
        let digit = |letter: &u8| char::from(*letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digits: Option<Vec<u8>> = letters.iter().map(digit).collect();
        match digits.filter(|digits| digits.len().is_multiple_of(2)) {
            Some(digits) => Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()),
            None => Err(bad("The input of from_hex must be pairs of hexadecimal digits")),
        }
    })
}

pub(super) fn to_base64(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, StringArray>(|bytes| Ok(Some(general_purpose::STANDARD.encode(bytes))))
}

pub(super) fn to_base64url(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, StringArray>(|bytes| Ok(Some(general_purpose::URL_SAFE.encode(bytes))))
}

pub(super) fn from_base64(call: &Call) -> Result<ArrayRef> {
    decoded(call, |letters| STANDARD.decode(letters).map_err(|error| bad(error.to_string())))
}

pub(super) fn from_base64url(call: &Call) -> Result<ArrayRef> {
    decoded(call, |letters| URL_SAFE.decode(letters).map_err(|error| bad(error.to_string())))
}
