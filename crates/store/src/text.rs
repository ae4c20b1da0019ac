//! Texts that come from outside and go into columns of a limited width.

use crate::Error;

/// The most bytes of an error message that are kept. `TEXT` holds 65 535.
const MAX_MESSAGE_BYTES: usize = 16 * 1024;

/// What marks a message that was cut.
const CUT_MARK: &str = " … (cut)";

/// Cuts an overlong error message, so that recording a failure cannot fail because of its length.
pub(crate) fn bounded_message(message: &str) -> String {
    if message.len() <= MAX_MESSAGE_BYTES {
        return message.to_owned();
    }
    let end = message.floor_char_boundary(MAX_MESSAGE_BYTES - CUT_MARK.len());
    format!("{}{CUT_MARK}", &message[..end])
}

/// Refuses a text that does not fit an ASCII column of `max_bytes`.
pub(crate) fn check_ascii(
    field: &'static str,
    text: &str,
    max_bytes: usize,
    expected: &'static str,
) -> Result<(), Error> {
    let fits = !text.is_empty() && text.len() <= max_bytes && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(invalid(field, text, expected)) }
}

/// Refuses a text that is longer than its column.
pub(crate) fn check_length(
    field: &'static str,
    text: &str,
    max_bytes: usize,
    expected: &'static str,
) -> Result<(), Error> {
    if text.len() <= max_bytes { Ok(()) } else { Err(invalid(field, text, expected)) }
}

/// The error of a value that cannot be stored, showing the beginning of it.
pub(crate) fn invalid(field: &'static str, value: &str, expected: &'static str) -> Error {
    let shown = &value[..value.floor_char_boundary(200)];
    Error::InvalidValue { field, value: shown.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_long_messages_between_characters() {
        assert_eq!(bounded_message("short"), "short");
        let cut = bounded_message(&"é".repeat(MAX_MESSAGE_BYTES));
        assert!(cut.len() <= MAX_MESSAGE_BYTES && cut.ends_with("é … (cut)"), "{}", cut.len());
    }

    #[test]
    fn accepts_what_fits_an_ascii_column() {
        for (text, accepted) in [
            ("spotify:track:1", true),
            ("1234567890123456", true),
            ("12345678901234567", false),
            ("", false),
            ("a b", false),
            ("é", false),
        ] {
            assert_eq!(check_ascii("track_uri", text, 16, "").is_ok(), accepted, "{text:?}");
        }
    }
}
