//! `replace` and `translate`.

use arrow::array::{ArrayRef, StringArray};
use datafusion::error::Result;

use crate::functions::scalar::Call;

/// An empty text to be replaced stands before each character and at the end.
pub(super) fn replace(call: &Call) -> Result<ArrayRef> {
    if call.len() == 2 {
        return call.map2::<StringArray, StringArray, _, StringArray>(|text, what| Ok(Some(text.replace(what, ""))));
    }
    call.map3::<StringArray, StringArray, StringArray, _, StringArray>(|text, what, with| {
        Ok(Some(text.replace(what, with)))
    })
}

/// Characters without a counterpart are removed; of several equal ones the first counts.
pub(super) fn translate(call: &Call) -> Result<ArrayRef> {
    call.map3::<StringArray, StringArray, StringArray, _, StringArray>(|text, from, to| {
        let to: Vec<char> = to.chars().collect();
        let letter = |letter: char| match from.chars().position(|known| known == letter) {
            Some(at) => to.get(at).copied(),
            None => Some(letter),
        };
        Ok(Some(text.chars().filter_map(letter).collect::<String>()))
    })
}
