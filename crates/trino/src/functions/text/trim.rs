//! `trim`, `ltrim` and `rtrim`.

use arrow::array::{ArrayRef, StringArray};
use datafusion::error::Result;

use crate::functions::scalar::Call;

pub(super) const FORMS: &[&str] = &["varchar(x) -> varchar(x)", "varchar(x), varchar -> varchar(x)"];

pub(super) fn trim(call: &Call) -> Result<ArrayRef> {
    cut(call, true, true)
}

pub(super) fn ltrim(call: &Call) -> Result<ArrayRef> {
    cut(call, true, false)
}

pub(super) fn rtrim(call: &Call) -> Result<ArrayRef> {
    cut(call, false, true)
}

fn cut(call: &Call, left: bool, right: bool) -> Result<ArrayRef> {
    if call.len() == 1 {
        return call.map1::<StringArray, _, StringArray>(|text| Ok(Some(ends(text, left, right, is_space))));
    }
    call.map2::<StringArray, StringArray, _, StringArray>(|text, letters| {
        Ok(Some(ends(text, left, right, |letter| letters.contains(letter))))
    })
}

fn ends(text: &str, left: bool, right: bool, is_cut: impl Fn(char) -> bool) -> &str {
    let text = if left { text.trim_start_matches(&is_cut) } else { text };
    if right { text.trim_end_matches(&is_cut) } else { text }
}

/// White space as Java sees it: spaces that do not keep words together, and some control characters.
fn is_space(letter: char) -> bool {
    match letter {
        '\u{09}'..='\u{0D}' | '\u{1C}'..='\u{1F}' => true,
        '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{85}' => false,
        _ => letter.is_whitespace(),
    }
}
