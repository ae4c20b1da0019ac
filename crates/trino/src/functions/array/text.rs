//! `array_join`.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, StringArray},
    compute::cast,
    datatypes::DataType,
};
use datafusion::logical_expr::ScalarUDF;

use super::Elements;
use crate::{
    TrinoType,
    functions::define::{Arguments, define, is_integer, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![array_join()]
}

/// Whether elements are cast to text as Arrow does. Others must be cast before.
fn has_plain_text(of: &TrinoType) -> bool {
    is_text(of) || is_integer(of) || matches!(of, TrinoType::Boolean | TrinoType::Date | TrinoType::Decimal { .. })
}

/// `array_join(array, separator)`, `array_join(array, separator, replacement)`: the texts of the elements with
/// separators between them; NULLs are left out, or replaced. NULL if an argument is.
fn array_join() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [TrinoType::Array(of), texts @ ..]
                if has_plain_text(of) && matches!(texts.len(), 1 | 2) && texts.iter().all(is_text) =>
            {
                Some(TrinoType::Varchar(None))
            }
            [TrinoType::Unknown, texts @ ..] if matches!(texts.len(), 1 | 2) => Some(TrinoType::Varchar(None)),
            _ => None,
        })
    };
    define("array_join", typing, |call| {
        let elements = Elements::of(&call.lists(0)?)?;
        let texts = cast(&elements.values, &DataType::Utf8)?;
        let texts = texts.as_string::<i32>();
        let separators = call.texts(1)?;
        let replacements = if call.len() == 3 { Some(call.texts(2)?) } else { None };
        let nulls = call.strict();
        let of_row = |row: usize| {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                return None;
            }
            let text = |at: usize| match &replacements {
                _ if texts.is_valid(at) => Some(texts.value(at)),
                Some(replacements) => Some(replacements.value(row)),
                None => None,
            };
            let parts: Vec<&str> = elements.range(row).filter_map(text).collect();
            Some(parts.join(separators.value(row)))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<StringArray>()))
    })
}
