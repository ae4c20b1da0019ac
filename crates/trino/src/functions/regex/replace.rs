//! `regexp_replace`.

use arrow::array::{ArrayRef, StringArray};
use datafusion::error::Result;

use super::pattern::{Compiled, Pattern, bad};
use crate::functions::scalar::Call;

/// What a replacement is made of.
enum Piece {
    Text(String),
    Group(usize),
}

pub(super) fn replace(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.column::<StringArray>(0)?, call.column::<StringArray>(1)?);
    let replacements = (call.len() == 3).then(|| call.column::<StringArray>(2)).transpose()?;
    let mut compiled = Compiled::default();
    call.collect::<_, StringArray>(|row| {
        let replacement = replacements.as_ref().map_or(Some(""), |replacements| replacements.get(row));
        let (Some(text), Some(pattern), Some(replacement)) = (texts.get(row), patterns.get(row), replacement) else {
            return Ok(None);
        };
        let pattern = compiled.get(pattern)?;
        let found = pattern.matches(text, usize::MAX)?;
        if found.is_empty() {
            return Ok(Some(text.to_owned()));
        }
        let pieces = pieces(replacement, pattern)?;
        let (mut replaced, mut last) = (String::with_capacity(text.len()), 0);
        for spans in &found {
            let Some((begin, end)) = spans[0] else { continue };
            replaced.push_str(&text[last..begin]);
            for piece in &pieces {
                match piece {
                    Piece::Text(piece) => replaced.push_str(piece),
                    Piece::Group(group) => {
                        replaced.push_str(spans[*group].map_or("", |(begin, end)| &text[begin..end]));
                    }
                }
            }
            last = end;
        }
        replaced.push_str(&text[last..]);
        Ok(Some(replaced))
    })
}

/// `$1` is the group of the longest number that there is a group for, `${name}` a named one, `\` takes the next as it is.
fn pieces(replacement: &str, pattern: &Pattern) -> Result<Vec<Piece>> {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let mut letters = replacement.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let next = letters.next();
                text.push(next.ok_or_else(|| bad("Illegal replacement sequence: ends with \\"))?);
            }
            '$' => {
                let group = if letters.next_if_eq(&'{').is_some() {
                    let name: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                    let group = pattern.group(&name);
                    group.ok_or_else(|| bad(format!("Illegal replacement sequence: unknown group '{name}'")))?
                } else {
                    let first = letters.next().and_then(|digit| digit.to_digit(10));
                    let first = first.ok_or_else(|| bad("Illegal replacement sequence: $ without a group"))?;
                    let mut number = first as usize;
                    if number > pattern.groups() {
                        return Err(bad(format!("Illegal replacement sequence: unknown group {number}")));
                    }
                    while let Some(digit) = letters.peek().and_then(|digit| digit.to_digit(10)) {
                        let longer = number * 10 + digit as usize;
                        if longer > pattern.groups() {
                            break;
                        }
                        number = longer;
                        letters.next();
                    }
                    number
                };
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Group(group));
            }
            _ => text.push(letter),
        }
    }
    pieces.push(Piece::Text(text));
    Ok(pieces)
}
