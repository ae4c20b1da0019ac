//! A track as people name it.

use std::{fmt, str::FromStr};

use url::Url;

use crate::Error;

/// Length of a track's key in base 62.
const KEY_LENGTH: usize = 22;

/// A track as people name it: by its address, or by the link that the player shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackReference {
    uri: String,
}

impl TrackReference {
    /// Address, `spotify:track:…`.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

impl FromStr for TrackReference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let key = text.strip_prefix("spotify:track:").map(str::to_owned).or_else(|| key_of_link(text));
        let is_key = |key: &String| key.len() == KEY_LENGTH && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let key = key.filter(is_key).ok_or_else(|| Error::InvalidTrack { text: text.to_owned() })?;
        Ok(Self { uri: format!("spotify:track:{key}") })
    }
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
        check(&format!("spotify:track:{KEY}"), true);
        check(&format!("  spotify:track:{KEY} "), true);
        check(&format!("https://open.spotify.com/track/{KEY}"), true);
        check(&format!("https://open.spotify.com/track/{KEY}?si=0a1b"), true);
        check(&format!("http://open.spotify.com/intl-de/track/{KEY}"), true);
        check(&format!("spotify:album:{KEY}"), false);
        check(&format!("https://open.spotify.com/album/{KEY}"), false);
        check(&format!("https://example.com/track/{KEY}"), false);
        check("spotify:track:short", false);
        check(&format!("spotify:track:{}-", &KEY[1..]), false);
        check("", false);
    }

    #[track_caller]
    fn check(text: &str, is_track: bool) {
        match text.parse::<TrackReference>() {
            Ok(track) => {
                assert!(is_track, "`{text}` is no track");
                assert_eq!(track.uri(), format!("spotify:track:{KEY}"));
            }
            Err(error) => {
                assert!(!is_track, "{error}");
                assert_eq!(error.exit_code(), 2);
                assert!(error.to_string().contains("https://open.spotify.com/track/<id>"));
            }
        }
    }
}
