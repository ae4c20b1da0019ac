//! A track as people name it.

use std::{fmt, str::FromStr};

use url::Url;

use crate::Error;

/// Length of a track's key in base 62.
const KEY_LENGTH: usize = 22;

/// A track as people name it: by its URI, of Spotify or of any other scheme that slices may use, or by the link that
/// Spotify's player shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackReference {
    uri: String,
}

impl TrackReference {
    /// URI, such as `spotify:track:…` or `item:42`.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

impl FromStr for TrackReference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let uri = match text.strip_prefix("spotify:track:").map(str::to_owned).or_else(|| key_of_link(text)) {
            Some(key) => is_key(&key).then(|| format!("spotify:track:{key}")),
            None => is_other_uri(text).then(|| text.to_owned()),
        };
        uri.map(|uri| Self { uri }).ok_or_else(|| Error::InvalidTrack { text: text.to_owned() })
    }
}

fn is_key(key: &str) -> bool {
    key.len() == KEY_LENGTH && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether slices may call a track so: a scheme and more behind it, but no web address.
fn is_other_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_named = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let is_web = matches!(scheme, "http" | "https");
    is_named && !is_web && !rest.is_empty() && !rest.contains(char::is_whitespace)
}

/// Takes the key out of `https://open.spotify.com/track/<key>`, with or without a language before and a query behind.
fn key_of_link(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    if url.host_str() != Some("open.spotify.com") || !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let mut segments = url.path_segments()?.skip_while(|segment| segment.starts_with("intl-"));
    (segments.next() == Some("track")).then(|| segments.next().map(str::to_owned)).flatten()
}

impl fmt::Display for TrackReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdefABCDEF";

    #[test]
    fn addresses_and_links_are_read() {
        let uri = format!("spotify:track:{KEY}");
        check(&uri, Some(&uri));
        check(&format!("  spotify:track:{KEY} "), Some(&uri));
        check(&format!("https://open.spotify.com/track/{KEY}"), Some(&uri));
        check(&format!("https://open.spotify.com/track/{KEY}?si=0a1b"), Some(&uri));
        check(&format!("http://open.spotify.com/intl-de/track/{KEY}"), Some(&uri));
        check("item:42", Some("item:42"));
        check("urn:isrc:US-1", Some("urn:isrc:US-1"));
        check(&format!("https://open.spotify.com/album/{KEY}"), None);
        check(&format!("https://example.com/track/{KEY}"), None);
        check("spotify:track:short", None);
        check(&format!("spotify:track:{}-", &KEY[1..]), None);
        check(KEY, None);
        check("item:", None);
        check("item:4 2", None);
        check("4:2", None);
        check("", None);
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        match text.parse::<TrackReference>() {
            Ok(track) => assert_eq!(Some(track.uri()), expected, "{text}"),
            Err(error) => {
                assert_eq!(expected, None, "{error}");
                assert_eq!(error.exit_code(), 2);
                assert!(error.to_string().contains("https://open.spotify.com/track/<id>"));
            }
        }
    }
}
