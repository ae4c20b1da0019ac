//! `LIKE`.

use arrow::array::{ArrayRef, BooleanArray, StringArray};
use datafusion::error::Result;
use regex::Regex;

use crate::{ErrorName, functions::scalar::Call};

pub(super) fn like(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.column::<StringArray>(0)?, call.column::<StringArray>(1)?);
    let escapes = (call.len() == 3).then(|| call.column::<StringArray>(2)).transpose()?;
    let mut compiled: Option<(String, Option<String>, Regex)> = None;
    call.collect::<_, BooleanArray>(|row| {
        let escape = match &escapes {
            Some(escapes) => match escapes.get(row) {
                Some(escape) => Some(escape),
                None => return Ok(None),
            },
            None => None,
        };
        let (Some(text), Some(pattern)) = (texts.get(row), patterns.get(row)) else { return Ok(None) };
        let is_known = compiled.as_ref().is_some_and(|(known, with, _)| known == pattern && with.as_deref() == escape);
        if !is_known {
            compiled = Some((pattern.to_owned(), escape.map(str::to_owned), compile(pattern, escape)?));
        }
        Ok(compiled.as_ref().map(|(_, _, regex)| regex.is_match(text)))
    })
}

/// The pattern as a regular expression.
fn compile(pattern: &str, escape: Option<&str>) -> Result<Regex> {
    let bad = |message: &str| ErrorName::InvalidFunctionArgument.error(message);
    let mut letters = escape.unwrap_or_default().chars();
    let escape_letter = letters.next();
    if letters.next().is_some() || (escape.is_some() && escape_letter.is_none()) {
        return Err(bad("Escape string must be a single character"));
    }
    let mut expression = String::from("(?s)^");
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            _ if Some(letter) == escape_letter => {
                let next = letters.next().filter(|next| matches!(next, '%' | '_') || Some(*next) == escape_letter);
                let message = "Escape character must be followed by '%', '_' or the escape character itself";
                expression.push_str(&regex::escape(&next.ok_or_else(|| bad(message))?.to_string()));
            }
            '%' => expression.push_str(".*"),
            '_' => expression.push('.'),
            _ => expression.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push('$');
    Regex::new(&expression).map_err(|error| bad(&format!("the pattern of LIKE is too large: {error}")))
}
