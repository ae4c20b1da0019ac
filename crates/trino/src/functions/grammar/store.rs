//! Texts on their way into columns of so many characters.

use std::sync::Arc;

use arrow::array::StringArray;
use datafusion::logical_expr::ScalarUDF;

use crate::{
    ErrorName, TrinoError, TrinoType,
    functions::define::{Arguments, define},
};

/// The first argument as a column takes it whose type the second one names: what is too long loses spaces at its end,
/// and nothing else. A `char` is stored without the spaces that fill it up.
pub(super) fn store() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| match arguments.types {
        [TrinoType::Varchar(_) | TrinoType::Char(_), TrinoType::Varchar(_)] => {
            Ok(arguments.text(1).map(TrinoType::parse).transpose()?)
        }
        _ => Ok(None),
    };
    define("$store", typing, |call| {
        let (from, to) = (&call.types[0], call.return_type());
        let texts = call.texts(0)?;
        let stored = texts.iter().map(|text| text.map(|text| stored(text, from, &to)).transpose());
        Ok(Arc::new(stored.collect::<Result<StringArray, _>>()?))
    })
}

fn stored<'t>(text: &'t str, from: &TrinoType, to: &TrinoType) -> Result<&'t str, TrinoError> {
    let trimmed = text.trim_end_matches(' ');
    let (most, text) = match to {
        TrinoType::Char(length) => (*length, trimmed),
        TrinoType::Varchar(Some(length)) => (*length, text),
        _ => return Ok(text),
    };
    let end = |text: &str| text.char_indices().nth(most as usize).map(|(end, _)| end);
    if end(trimmed).is_some() {
        return Err(ErrorName::InvalidCastArgument
            .named(format!("Cannot truncate non-space characters when casting from {from} to {to} on INSERT")));
    }
    Ok(end(text).map_or(text, |end| &text[..end]))
}
