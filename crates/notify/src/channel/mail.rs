//! Mail, handed to a relay over SMTP.
//!
//! The relay, on this host or in this network, signs in and encrypts towards the world; no password goes out from here.

use std::fmt;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use url::Url;

use crate::Notification;

/// A mailbox and the way to it.
#[derive(Clone)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Mailbox,
}

impl fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").field("to", &self.to.to_string()).finish_non_exhaustive()
    }
}

impl Mail {
    pub(super) fn parse(url: &Url) -> Result<Self, String> {
        if url.password().is_some() {
            return Err("a password would go out in the clear: name a relay that asks for none".to_owned());
        }
        let host = url.host_str().ok_or("the mail server is missing")?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host);
        if let Some(port) = url.port() {
            builder = builder.port(port);
        }
        Ok(Self { transport: builder.build(), from: mailbox(url, "from")?, to: mailbox(url, "to")? })
    }

    pub(super) fn to(&self) -> String {
        self.to.email.to_string()
    }

    pub(super) async fn send(&self, notification: &Notification) -> Result<(), String> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(notification.subject())
            .header(ContentType::TEXT_PLAIN)
            .body(notification.text())
            .map_err(|error| error.to_string())?;
        self.transport.send(message).await.map(drop).map_err(|error| error.to_string())
    }
}

fn mailbox(url: &Url, key: &str) -> Result<Mailbox, String> {
    let found = url.query_pairs().find(|(name, _)| name == key);
    let (_, address) = found.ok_or_else(|| format!("the address lacks `?{key}=`"))?;
    address.parse().map_err(|error| format!("`{key}` is no mail address: {error}"))
}
