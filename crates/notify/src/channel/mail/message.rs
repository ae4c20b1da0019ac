//! A notification as a message (RFC 5322), with its text in base64: no line of it is too long or ends the message.

use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use crate::Notification;

/// Characters of base64 in a line (RFC 2045).
const LINE: usize = 76;

/// The message with the full stop that ends it.
pub(super) fn text(notification: &Notification, from: &str, to: &[String], now: SystemTime) -> String {
    let domain = from.rsplit('@').next().unwrap_or_default();
    // RFC 5322 wants the zone as a number.
    let date = httpdate::fmt_http_date(now).replace("GMT", "+0000");
    let headers = [
        ("From", from.to_owned()),
        ("To", to.join(", ")),
        ("Subject", notification.subject()),
        ("Date", date),
        ("Message-ID", format!("<{}@{domain}>", Uuid::new_v4())),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Type", "text/plain; charset=utf-8".to_owned()),
        ("Content-Transfer-Encoding", "base64".to_owned()),
    ];
    let mut text: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    text.push_str("\r\n");
    let encoded = STANDARD.encode(notification.text());
    for start in (0..encoded.len()).step_by(LINE) {
        text.push_str(&encoded[start..encoded.len().min(start + LINE)]);
        text.push_str("\r\n");
    }
    text.push('.');
    text
}
