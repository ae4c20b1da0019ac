//! Tokens of paths.

use std::fmt;

use datafusion::error::{DataFusionError, Result};

use crate::ErrorName;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A bare word, case kept.
    Word(String),
    /// `$name`, or `$` alone with an empty name.
    Variable(String),
    /// A text in double quotes.
    Text(String),
    Number(String),
    /// Punctuation, of up to two characters.
    Symbol(&'static str),
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) | Self::Number(word) => formatter.write_str(word),
            Self::Variable(name) => write!(formatter, "${name}"),
            Self::Text(text) => write!(formatter, "\"{text}\""),
            Self::Symbol(symbol) => formatter.write_str(symbol),
        }
    }
}

/// Longer ones first.
const SYMBOLS: [&str; 24] = [
    "==", "<>", "!=", "<=", ">=", "&&", "||", "..", "<", ">", "!", "(", ")", "[", "]", ".", ",", "*", "/", "%", "+",
    "-", "?", "@",
];

pub(super) fn malformed(path: &str, what: impl fmt::Display) -> DataFusionError {
    ErrorName::InvalidPath.error(format!("Invalid JSON path '{path}': {what}"))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// # Errors
/// INVALID_PATH for what is none.
pub(super) fn tokens(path: &str) -> Result<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = path.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = match first {
            '"' => {
                let (text, after) = quoted(rest).ok_or_else(|| malformed(path, "a text has no end"))?;
                found.push(Token::Text(text));
                after
            }
            '$' => {
                let (name, after) = taken(&rest[1..], is_word);
                found.push(Token::Variable(name.to_owned()));
                after
            }
            digit if digit.is_ascii_digit() => {
                let (number, after) = number(rest);
                found.push(Token::Number(number.to_owned()));
                after
            }
            letter if is_word(letter) => {
                let (word, after) = taken(rest, is_word);
                found.push(Token::Word(word.to_owned()));
                after
            }
            other => {
                let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let symbol = symbol.ok_or_else(|| malformed(path, format!("unexpected '{other}'")))?;
                found.push(Token::Symbol(symbol));
                &rest[symbol.len()..]
            }
        };
        rest = after.trim_start();
    }
    Ok(found)
}

fn taken(text: &str, fits: fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|letter| !fits(letter)).unwrap_or(text.len()))
}

/// Digits, a fraction and an exponent. A point that no digit follows is an accessor's.
fn number(text: &str) -> (&str, &str) {
    let digits = |text: &str| text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let mut end = digits(text);
    if let Some(fraction) = text[end..].strip_prefix('.')
        && fraction.starts_with(|letter: char| letter.is_ascii_digit())
    {
        end += 1 + digits(fraction);
    }
    if let Some(exponent) = text[end..].strip_prefix(['e', 'E']) {
        let signed = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits(signed);
        end += if length > 0 { 1 + exponent.len() - signed.len() + length } else { 0 };
    }
    text.split_at(end)
}

/// The text up to the closing quote, with JSON's escapes undone, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((serde_json::from_str(&text[..=at]).ok()?, &text[at + 1..])),
            _ => {}
        }
    }
    None
}
