//! Where notifications go.

mod mail;
mod sns;
mod webhook;

use std::{fmt, time::Duration};

use url::Url;

pub use self::sns::AwsCredentials;
use self::{mail::Mail, sns::SnsTopic, webhook::Webhook};
use crate::Notification;

/// Longest time for one attempt at a channel other than mail.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// A place where people read.
///
/// | address | what it is |
/// |---|---|
/// | `sns:arn:aws:sns:REGION:ACCOUNT:TOPIC`, with `?endpoint=URL` for another service than AWS | an SNS topic |
/// | `https://host/path` | a webhook that takes the notification as JSON |
/// | `smtp://USER:PASSWORD@host/?from=…&to=…;…`, `smtps://…` | mail, see the README of `deploy` |
/// | `slack+https://hooks.slack.com/…` | a webhook that takes what Slack reads |
#[derive(Debug, Clone)]
pub enum Channel {
    /// An SNS topic.
    Sns(SnsTopic),
    /// A webhook.
    Webhook(Webhook),
    /// Mailboxes.
    Mail(Box<Mail>),
}

impl Channel {
    /// Reads an address.
    ///
    /// # Errors
    /// Why it is none, in words that do not repeat it.
    pub fn parse(address: &str, credentials: Option<&AwsCredentials>) -> Result<Self, String> {
        if let Some(topic) = address.strip_prefix("sns:") {
            return SnsTopic::parse(topic, credentials).map(Self::Sns);
        }
        let (is_slack, plain) = match address.strip_prefix("slack+") {
            Some(plain) => (true, plain),
            None => (false, address),
        };
        let url = Url::parse(plain).map_err(|error| error.to_string())?;
        match url.scheme() {
            "smtp" | "smtps" if !is_slack => Mail::parse(&url).map(|mail| Self::Mail(Box::new(mail))),
            "http" | "https" => Ok(Self::Webhook(Webhook { url, is_slack })),
            _ => Err("expected sns:arn:…, https://…, slack+https://… or smtp://…".to_owned()),
        }
    }

    /// Longest time for one attempt.
    pub(crate) fn limit(&self) -> Duration {
        match self {
            Self::Mail(mail) => mail.limit(),
            Self::Sns(_) | Self::Webhook(_) => TIMEOUT,
        }
    }

    pub(crate) async fn send(&self, client: &reqwest::Client, notification: &Notification) -> Result<(), String> {
        match self {
            Self::Sns(topic) => topic.send(client, notification).await,
            Self::Webhook(webhook) => webhook.send(client, notification).await,
            Self::Mail(mail) => mail.send(notification).await,
        }
    }
}

/// The channel without its secrets: paths of webhooks are left out.
impl fmt::Display for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sns(topic) => write!(formatter, "topic {}", topic.arn()),
            Self::Mail(mail) => write!(formatter, "mail to {}", mail.to()),
            Self::Webhook(webhook) => write!(formatter, "webhook at {}", webhook.url.host_str().unwrap_or_default()),
        }
    }
}

/// Why a request failed, without its address.
fn request_failure(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(&error);
    while let Some(source) = cause {
        reason = format!("{reason}: {source}");
        cause = source.source();
    }
    reason
}

/// Fails unless the answer is a success.
async fn expect_success(response: reqwest::Response) -> Result<(), String> {
    const SHOWN: usize = 300;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let body: String = response.text().await.unwrap_or_default().chars().take(SHOWN).collect();
    Err(format!("answered {status}: {body}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart_and_secrets_kept() {
        for (address, shown) in [
            ("https://hooks.example/secret", "webhook at hooks.example"),
            ("slack+https://hooks.slack.com/services/T0/B0/secret", "webhook at hooks.slack.com"),
            ("smtp://me:secret@mail.example/?from=a@b.example&to=c@d.example", "mail to c@d.example"),
        ] {
            let channel = Channel::parse(address, None).unwrap();
            assert_eq!(channel.to_string(), shown);
            assert!(!format!("{channel:?}").contains("secret"), "{channel:?}");
        }
        for wrong in ["ftp://host/", "hooks.example", "sns:topic", "slack+smtp://h/"] {
            let error = Channel::parse(wrong, None).unwrap_err();
            assert!(!error.contains(wrong), "{error}");
        }
    }
}
