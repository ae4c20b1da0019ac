//! `normalize_title(title)`: titles that mean the same become equal.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringBuilder},
    datatypes::DataType,
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use datafusion_macros::user_doc;

/// Characters that count as spaces, from `stats.py` of the Million Playlist Dataset.
const SPACES: &str = ".,/#!$%^*;:{}=_`~()@";

/// SQL function `normalize_title`.
#[user_doc(
    doc_section(label = "String Functions"),
    description = "Lower-cases a playlist's title, turns the punctuation .,/#!$%^*;:{}=_`~()@ into spaces and collapses \
                   white space, as the Million Playlist Dataset's own statistics do. NULL if the title is NULL.",
    syntax_example = "normalize_title(title)",
    sql_example = "```sql\n> SELECT normalize_title('  Road-Trip!! (2017)');\n```",
    argument(name = "title", description = "Title as its owner wrote it.")
)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct NormalizeTitleFunc {
    signature: Signature,
}

impl NormalizeTitleFunc {
    pub(crate) fn new() -> Self {
        Self { signature: Signature::exact(vec![DataType::Utf8], Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for NormalizeTitleFunc {
    fn name(&self) -> &'static str {
        "normalize_title"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match &args.args[0] {
            ColumnarValue::Array(titles) => Ok(ColumnarValue::Array(normalize_all(titles))),
            ColumnarValue::Scalar(title) => {
                let normalized = normalize_all(&title.to_array()?);
                ScalarValue::try_from_array(&normalized, 0).map(ColumnarValue::Scalar)
            }
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.doc()
    }
}

fn normalize_all(titles: &ArrayRef) -> ArrayRef {
    let titles = titles.as_string::<i32>();
    let mut result = StringBuilder::with_capacity(titles.len(), titles.value_data().len());
    for title in titles {
        result.append_option(title.map(normalize));
    }
    Arc::new(result.finish())
}

fn normalize(title: &str) -> String {
    let lower = title.to_lowercase();
    let is_space = |character: char| character.is_whitespace() || SPACES.contains(character);
    lower.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use arrow::array::StringArray;

    use super::*;

    #[track_caller]
    fn check(title: Option<&str>, expected: Option<&str>) {
        let titles: ArrayRef = Arc::new(StringArray::from(vec![title]));
        let normalized = normalize_all(&titles);
        let normalized = normalized.as_string::<i32>();
        assert_eq!(normalized.is_valid(0).then(|| normalized.value(0)), expected);
    }

    #[test]
    fn follows_the_data_sets_rules() {
        check(Some("  Road-Trip!! (2017)"), Some("road-trip 2017"));
        check(Some("R&B"), Some("r&b"));
        check(Some("CAFÉ\u{a0}del_Mar"), Some("café del mar"));
        check(Some("...\t"), Some(""));
        check(Some("🔥🔥"), Some("🔥🔥"));
        check(None, None);
    }
}
