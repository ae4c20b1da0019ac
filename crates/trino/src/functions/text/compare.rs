//! `starts_with` and `ends_with`.

use arrow::array::{ArrayRef, BooleanArray, StringArray};
use datafusion::error::Result;

use crate::functions::scalar::Call;

pub(super) fn starts_with(call: &Call) -> Result<ArrayRef> {
    call.map2::<StringArray, StringArray, _, BooleanArray>(|text, start| Ok(Some(text.starts_with(start))))
}

pub(super) fn ends_with(call: &Call) -> Result<ArrayRef> {
    call.map2::<StringArray, StringArray, _, BooleanArray>(|text, end| Ok(Some(text.ends_with(end))))
}
