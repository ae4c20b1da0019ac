//! The address of a mail channel.

use std::{path::PathBuf, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use url::Url;

use super::{LONGEST_DELIVERY, Mail};

/// Times that a server may be given, in seconds.
const TIMEOUT_S: std::ops::RangeInclusive<u64> = 1..=600;
/// Most people that one channel writes to.
const MOST_RECIPIENTS: usize = 20;

/// How the way to the server is encrypted.
#[derive(Clone)]
pub(super) enum Security {
    /// Not at all.
    Off,
    /// After STARTTLS, or nothing is sent.
    StartTls { ca: Option<PathBuf> },
    /// From the start.
    Tls { ca: Option<PathBuf> },
}

/// Who signs in.
#[derive(Clone)]
pub(super) struct Credentials {
    user: String,
    password: String,
}

impl Credentials {
    /// The command that signs in (RFC 4616).
    pub(super) fn auth_plain(&self) -> String {
        let identity = format!("\0{}\0{}", self.user, self.password);
        format!("AUTH PLAIN {}", STANDARD.encode(identity))
    }
}

pub(super) fn parse(url: &Url) -> Result<Mail, String> {
    let query = |key: &str| url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
    let ca = query("ca").map(PathBuf::from);
    let (security, port) = match (url.scheme(), query("tls").as_deref()) {
        ("smtps", None) => (Security::Tls { ca }, 465),
        ("smtp", None) => (Security::StartTls { ca }, 587),
        ("smtp", Some("off")) => (Security::Off, 25),
        _ => return Err("`tls` may be `off` with smtp:// and nothing else".to_owned()),
    };
    let credentials = credentials(url)?;
    if credentials.is_some() && matches!(security, Security::Off) {
        return Err("a password would go out in the clear: leave `tls=off` away".to_owned());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("the mail server is missing")?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let from = mailbox(&query("from").ok_or("the address lacks `?from=`")?)?;
    // A comma ends a channel in a list of them.
    let all = url.query_pairs().filter(|(name, _)| name == "to").map(|(_, to)| to.into_owned()).collect::<Vec<_>>();
    let to = all.iter().flat_map(|to| to.split(';')).map(mailbox).collect::<Result<Vec<String>, String>>()?;
    if to.is_empty() {
        return Err("the address lacks `to=`".to_owned());
    }
    if to.len() > MOST_RECIPIENTS {
        return Err(format!("more than {MOST_RECIPIENTS} mailboxes: name a list"));
    }
    let limit = match query("timeout") {
        None => LONGEST_DELIVERY,
        Some(text) => match text.parse() {
            Ok(seconds) if TIMEOUT_S.contains(&seconds) => Duration::from_secs(seconds),
            _ => return Err("`timeout` must be 1 to 600 seconds".to_owned()),
        },
    };
    Ok(Mail { host, port: url.port().unwrap_or(port), security, credentials, from, to, limit })
}

fn credentials(url: &Url) -> Result<Option<Credentials>, String> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().map_err(|_| "user or password is no UTF-8".to_owned())?;
        // It separates them on the way.
        if text.contains('\0') { Err("user or password has a NUL".to_owned()) } else { Ok(text.into_owned()) }
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() => {
            Ok(Some(Credentials { user: decoded(user)?, password: decoded(password)? }))
        }
        _ => Err("user and password belong together".to_owned()),
    }
}

/// A mailbox that can stand in a command and a header as it is.
fn mailbox(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()[]\\,;:\"@".contains(&byte))
    };
    match text.split_once('@') {
        Some((local, domain)) if is_plain(local) && is_plain(domain) && text.len() <= 254 => Ok(text.to_owned()),
        _ => Err("`from` and `to` must be mail addresses of plain ASCII, such as ops@music.example".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<Mail, String> {
        parse(&Url::parse(address).unwrap())
    }

    #[test]
    fn an_address_says_where_and_how() {
        let mail = read("smtp://me:p%40ss@mail.example/?from=a@b.example&to=c@d.example;e@f.example").unwrap();
        assert_eq!((mail.port, mail.host.as_str()), (587, "mail.example"));
        assert_eq!(mail.to, ["c@d.example", "e@f.example"]);
        assert_eq!(mail.credentials.unwrap().auth_plain(), "AUTH PLAIN AG1lAHBAc3M=");
        assert_eq!(read("smtps://mail.example/?from=a@b.example&to=c@d.example").unwrap().port, 465);
        let tagged = read("smtps://mail.example/?from=a@b.example&to=ops%2Bnight@d.example").unwrap();
        assert_eq!(tagged.to, ["ops+night@d.example"]);
        let relay = read("smtp://[::1]:2525/?from=a@b.example&to=c@d.example&to=e@f.example&tls=off").unwrap();
        assert_eq!((relay.port, relay.host.as_str(), relay.to.len()), (2525, "::1", 2));
    }

    #[test]
    fn what_is_dangerous_or_incomplete_is_refused() {
        for (address, reason) in [
            ("smtp://me:secret@h/?from=a@b&to=c@d&tls=off", "in the clear"),
            ("smtp://me@h/?from=a@b&to=c@d", "belong together"),
            ("smtp://h/?to=c@d", "lacks `?from=`"),
            ("smtp://h/?from=a@b", "lacks `to=`"),
            ("smtp://h/?from=a@b&to=c@d%0D%0ARCPT%20TO:x@y", "plain ASCII"),
            ("smtp://h/?from=a@b&to=<c@d>", "plain ASCII"),
            ("smtps://h/?from=a@b&to=c@d&tls=off", "`tls` may be"),
            ("smtps://h/?from=a@b&to=c@d&timeout=0", "`timeout` must be 1 to 600"),
        ] {
            let error = read(address).err().unwrap_or_default();
            assert!(error.contains(reason) && !error.contains("secret"), "{address}: {error}");
        }
    }
}
