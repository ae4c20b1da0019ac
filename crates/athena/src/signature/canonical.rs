//! The canonical request: what is signed.

use std::fmt::Write;

use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode};

/// All but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// As above, with the slashes of a path left.
const ENCODED_PATH: &AsciiSet = &ENCODED.remove(b'/');

/// The canonical request of a canonical path and query, or [`None`] if a signed header is missing.
pub(super) fn canonical_request(
    method: &str,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    signed_headers: &[&str],
    payload_hash: &str,
) -> Option<String> {
    let mut text = format!("{method}\n{path}\n{query}\n");
    for name in signed_headers {
        let mut values = headers.get_all(*name).iter().peekable();
        values.peek()?;
        let values: Option<Vec<String>> = values.map(|value| value.to_str().ok().map(squeezed)).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}:{}", values?.join(","));
    }
    let _ = write!(text, "\n{}\n{payload_hash}", signed_headers.join(";"));
    Some(text)
}

/// Every service but S3 signs the path as it travels, encoded once more.
pub(super) fn canonical_path(path: &str) -> String {
    match path {
        "" | "/" => "/".to_owned(),
        path => utf8_percent_encode(path, ENCODED_PATH).to_string(),
    }
}

/// S3 signs the path encoded once, however it travels.
pub(super) fn canonical_s3_path(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    percent_encode(&decoded, ENCODED_PATH).to_string()
}

/// The parameters of a query whose names are to be signed.
pub(super) fn canonical_query(query: &str, is_signed: impl Fn(&str) -> bool) -> String {
    let again = |text: &str| {
        let decoded: Vec<u8> = percent_decode_str(text).collect();
        percent_encode(&decoded, ENCODED).to_string()
    };
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| is_signed(name))
        .map(|(name, value)| (again(name), again(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Without spaces at the ends, and with one where there are several.
fn squeezed(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_sorted_and_encoded_anew() {
        assert_eq!(canonical_query("b=2&a=%7E1&a=&c", |_| true), "a=&a=~1&b=2&c=");
        assert_eq!(canonical_query("x=a+b", |_| true), "x=a%2Bb");
        assert_eq!(canonical_query("", |_| true), "");
    }

    #[test]
    fn paths_are_encoded_once_more() {
        assert_eq!(canonical_path(""), "/");
        assert_eq!(canonical_path("/a%20b/c"), "/a%2520b/c");
        assert_eq!(canonical_s3_path("/a%20b/c=d+~"), "/a%20b/c%3Dd%2B~");
    }
}
