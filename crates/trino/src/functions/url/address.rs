//! The parts of a URL, after RFC 3986, appendix B.

/// Parts as they stand in the text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Address<'a> {
    pub(super) scheme: Option<&'a str>,
    pub(super) host: Option<&'a str>,
    pub(super) port: Option<i64>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

/// `None` for a text with characters that a URL does not have.
pub(super) fn parse(text: &str) -> Option<Address<'_>> {
    let is_legal = |letter: char| {
        !letter.is_ascii() || letter.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(letter)
    };
    let escapes = text.match_indices('%').all(|(at, _)| {
        text.get(at + 1..at + 3).is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    });
    if !text.chars().all(is_legal) || !escapes {
        return None;
    }
    let mut found = Address::default();
    let (rest, fragment) = cut(text, '#');
    let (rest, query) = cut(rest, '?');
    (found.query, found.fragment) = (query, fragment);
    let scheme_end = rest.find(':').filter(|end| !rest[..*end].contains('/'));
    let rest = match scheme_end {
        Some(end) => {
            let scheme = &rest[..end];
            let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
            if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) || !scheme.chars().all(is_scheme) {
                return None;
            }
            found.scheme = Some(scheme);
            &rest[end + 1..]
        }
        None => rest,
    };
    found.path = rest;
    if let Some(rest) = rest.strip_prefix("//") {
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        found.path = path;
        let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
        let port_at = server.rfind(':').filter(|at| server[at + 1..].bytes().all(|digit| digit.is_ascii_digit()));
        let (host, port) = port_at.map_or((server, ""), |at| (&server[..at], &server[at + 1..]));
        found.host = Some(host);
        found.port = port.parse().ok();
    }
    Some(found)
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, behind)| (before, Some(behind)))
}
