//! Takes a text apart into statements.

use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};

use super::{SqlResult, TrinoDialect};
use crate::ErrorName;

/// The statements of a text. Semicolons in strings, names and comments do not separate.
///
/// # Errors
/// `SYNTAX_ERROR` if the text is not made of tokens.
pub fn statements(text: &str) -> SqlResult<Vec<&str>> {
    let tokens = Tokenizer::new(&TrinoDialect, text).tokenize_with_location().map_err(|found| super::SqlError {
        name: ErrorName::SyntaxError,
        line: found.location.line,
        column: found.location.column,
        message: found.message,
    })?;
    let mut found = Vec::new();
    // Where the statement begins, and where its last token ends.
    let mut open: Option<(Location, Location)> = None;
    let text_of = |(from, to): (Location, Location)| &text[offset(text, from)..offset(text, to)];
    for token in tokens {
        match token.token {
            Token::Whitespace(_) | Token::EOF => {}
            Token::SemiColon => found.extend(open.take().map(text_of)),
            _ => open = Some((open.map_or(token.span.start, |(from, _)| from), token.span.end)),
        }
    }
    found.extend(open.map(text_of));
    Ok(found)
}

/// Byte of a place.
fn offset(text: &str, place: Location) -> usize {
    let before = |count: u64| usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
    let line: usize = text.split_inclusive('\n').take(before(place.line)).map(str::len).sum();
    let rest = &text[line..];
    line + rest.char_indices().nth(before(place.column)).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_separate_where_they_are_no_text() {
        let text = "SELECT ';é';\n\n  SELECT \";\" -- ; é\n FROM t; ; /* ; */";
        assert_eq!(statements(text).unwrap(), ["SELECT ';é'", "SELECT \";\" -- ; é\n FROM t"]);
        assert_eq!(statements("SELECT 'x").unwrap_err().name, ErrorName::SyntaxError);
    }
}
