//! The words of a type's name.

use std::fmt;

use crate::error::{ErrorName, TrinoError};

/// A piece of a type's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// An identifier or keyword, in lower case.
    Word(String),
    /// An identifier in double quotes, as it stands between them.
    Quoted(String),
    Number(u32),
    Symbol(char),
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => formatter.write_str(word),
            Self::Quoted(name) => write!(formatter, "\"{name}\""),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Symbol(symbol) => write!(formatter, "{symbol}"),
        }
    }
}

/// Cuts a text into tokens, leaving out white space.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, TrinoError> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' => quoted(text, rest)?,
            '0'..='9' => {
                let length = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
                let number = rest[..length].parse();
                (Token::Number(number.map_err(|_| bad(text, &rest[..length]))?), length)
            }
            '(' | ')' | '<' | '>' | '[' | ']' | ',' => (Token::Symbol(first), 1),
            _ if is_of_word(first) => {
                let length = rest.find(|next| !is_of_word(next)).unwrap_or(rest.len());
                (Token::Word(rest[..length].to_lowercase()), length)
            }
            _ => return Err(bad(text, &first.to_string())),
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// `"a ""b"" c"` is one name with quotes in it.
fn quoted(text: &str, rest: &str) -> Result<(Token, usize), TrinoError> {
    let mut name = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '"' {
            name.push(letter);
        } else if letters.next_if(|(_, next)| *next == '"').is_some() {
            name.push('"');
        } else {
            return Ok((Token::Quoted(name), at + 1));
        }
    }
    Err(bad(text, rest))
}

fn bad(text: &str, what: &str) -> TrinoError {
    ErrorName::SyntaxError.named(format!("mismatched input '{what}' in the type '{text}'"))
}
