//! Addresses of items.

use std::fmt::Write;

/// Address of an item by its id: `item:track:<id>`. Bytes other than letters, digits and `-._~` are percent-encoded (RFC 3986),
/// so that different ids have different addresses. The middle is what the pipeline's checks know a track by.
pub(super) fn item_uri(id: &str) -> String {
    id.bytes().fold("item:track:".to_owned(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_ids_apart() {
        for (id, uri) in [
            ("42", "item:track:42"),
            ("B00-a_1", "item:track:B00-a_1"),
            ("a b%", "item:track:a%20b%25"),
            ("é", "item:track:%C3%A9"),
        ] {
            assert_eq!(item_uri(id), uri);
        }
    }
}
