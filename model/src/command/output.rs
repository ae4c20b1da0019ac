//! Writes results to standard output.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use crate::{Error, Result};

/// Prints one JSON document.
pub(super) fn print_json<T: Serialize>(value: &T) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(Error::format("written", "standard output"))?;
    print_text(&text)
}

/// Prints text and ends the line.
pub(super) fn print_text(text: &str) -> Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{text}")
        .and_then(|()| output.flush())
        .map_err(|source| Error::Output { stream: "standard output", source })
}

/// Makes sure that a page can be written in the end, before long work begins.
///
/// # Errors
/// [`Error::OutputFile`] if it cannot.
pub(super) fn check_place(file: &Path) -> Result<()> {
    OpenOptions::new().append(true).create(true).open(file).map(drop).map_err(|source| unwritable(file, source))
}

/// Writes a page.
///
/// # Errors
/// [`Error::OutputFile`] if it cannot be written.
pub(super) fn write_page(file: &Path, page: &str) -> Result<()> {
    fs::write(file, page).map_err(|source| unwritable(file, source))
}

fn unwritable(file: &Path, source: io::Error) -> Error {
    Error::OutputFile { path: file.display().to_string(), source }
}

/// Text of others, such as a track's name, without the characters that would steer a terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_steering_characters_out() {
        assert_eq!(plain("a\u{1b}[31mb\r 夜"), "a\u{fffd}[31mb\u{fffd} 夜");
    }
}
