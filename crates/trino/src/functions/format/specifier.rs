//! A format cut into texts and specifiers `%[argument$][flags][width][.precision]conversion`.

use datafusion::error::{DataFusionError, Result};

use crate::ErrorName;

#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Specifier(Specifier),
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Specifier {
    /// Which argument, from 0.
    pub(super) argument: usize,
    pub(super) flags: String,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    pub(super) conversion: char,
}

impl Specifier {
    pub(super) fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }
}

pub(super) fn bad(format: &str, why: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(format!("Invalid format string: {format} ({why})"))
}

/// The most that a width or precision may be.
const WIDEST: usize = 10_000;

pub(super) fn pieces(format: &str) -> Result<Vec<Piece>> {
    let mut found = Vec::new();
    let (mut text, mut rest, mut next) = (String::new(), format, 0);
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let (specifier, behind) = one(format, &rest[at + 1..], &mut next)?;
        rest = behind;
        match specifier.conversion {
            '%' => text.push('%'),
            'n' => text.push('\n'),
            _ => {
                found.push(Piece::Text(std::mem::take(&mut text)));
                found.push(Piece::Specifier(specifier));
            }
        }
    }
    text.push_str(rest);
    found.push(Piece::Text(text));
    Ok(found)
}

fn one<'a>(format: &str, rest: &'a str, next: &mut usize) -> Result<(Specifier, &'a str)> {
    let mut specifier = Specifier::default();
    let (number, behind) = digits(rest);
    let (explicit, rest) = match (number, behind.strip_prefix('$')) {
        (Some(number), Some(behind)) if number > 0 => (Some(number - 1), behind),
        _ => (None, rest),
    };
    let flags = rest.find(|letter| !"-#+ 0,(".contains(letter)).unwrap_or(rest.len());
    specifier.flags = rest[..flags].to_owned();
    let (width, rest) = digits(&rest[flags..]);
    specifier.width = width.unwrap_or_default();
    let rest = match rest.strip_prefix('.') {
        Some(rest) => {
            let (precision, rest) = digits(rest);
            specifier.precision = Some(precision.ok_or_else(|| bad(format, "a precision is missing"))?);
            rest
        }
        None => rest,
    };
    if specifier.width > WIDEST || specifier.precision.is_some_and(|precision| precision > WIDEST) {
        return Err(bad(format, "a width is too large"));
    }
    let mut letters = rest.chars();
    specifier.conversion = letters.next().ok_or_else(|| bad(format, "a conversion is missing"))?;
    if !matches!(specifier.conversion, '%' | 'n') {
        specifier.argument = explicit.unwrap_or(*next);
        *next += usize::from(explicit.is_none());
    }
    Ok((specifier, letters.as_str()))
}

fn digits(text: &str) -> (Option<usize>, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    // A leading zero is a flag.
    let is_number = end > 0 && !text.starts_with('0') || end == 1 && text.starts_with('0');
    if is_number { (text[..end].parse().ok(), &text[end..]) } else { (None, text) }
}
