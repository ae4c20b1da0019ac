//! Mail, handed to a server over SMTP (RFC 5321), encrypted by STARTTLS (RFC 3207) or from the start.
//!
//! ```text
//! smtp://USER:PASSWORD@host:587/?from=segue@music.example&to=ops@music.example;lead@music.example
//! smtps://…                      encrypted from the start, port 465
//! smtp://localhost:25/?…&tls=off a relay on this host or in this network; then without a password
//!                  …&ca=FILE     certificates to trust instead of the system's
//!                  …&timeout=60  seconds until the server must have taken a mail
//! ```
//!
//! A plus sign in an address is written `%2B`, as it stands for a space in the query of a URL.

mod address;
mod connection;
mod message;
mod tls;

use std::{fmt, time::Duration};

use tokio::{net::TcpStream, time::timeout};
use tracing::warn;
use url::Url;

use self::{
    address::{Credentials, Security},
    connection::{Connection, Stream},
};
use crate::Notification;

/// Longest time until the server has taken a mail, unless the address says another; some greet late or look at a message
/// for long.
const LONGEST_DELIVERY: Duration = Duration::from_secs(60);
/// Longest time to take leave.
const LONGEST_FAREWELL: Duration = Duration::from_secs(2);

/// Some way to the server, encrypted or not.
type AnyStream = Box<dyn Stream>;

/// Mailboxes and the way to them.
#[derive(Clone)]
pub struct Mail {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    from: String,
    to: Vec<String>,
    /// Longest time until the server has taken a mail.
    limit: Duration,
}

impl fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").field("host", &self.host).field("to", &self.to).finish_non_exhaustive()
    }
}

impl Mail {
    /// Reads an address.
    pub(super) fn parse(url: &Url) -> Result<Self, String> {
        address::parse(url)
    }

    /// Who gets it.
    pub(super) fn to(&self) -> String {
        self.to.join(", ")
    }

    /// Longest time that one attempt takes.
    pub(super) fn limit(&self) -> Duration {
        self.limit + 2 * LONGEST_FAREWELL
    }

    /// Hands the notification to the server, once.
    pub(super) async fn send(&self, notification: &Notification) -> Result<(), String> {
        let delivered = timeout(self.limit, self.deliver(notification)).await;
        let mut server = delivered.map_err(|_| format!("not taken within {} s", self.limit.as_secs()))??;
        // The message is the server's by now; how it takes leave does not matter.
        let _ = timeout(LONGEST_FAREWELL, server.command("QUIT", 221)).await;
        Ok(())
    }

    /// Hands the notification to the server and returns the conversation with it, of which only the leave is left.
    async fn deliver(&self, notification: &Notification) -> Result<Connection<AnyStream>, String> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| format!("cannot connect: {error}"))?;
        let greeting = stream.local_addr().map_or_else(|_| "[127.0.0.1]".to_owned(), address_literal);
        let message = message::text(notification, &self.from, &self.to, std::time::SystemTime::now());
        match &self.security {
            Security::Off => self.deliver_at_first(Box::new(stream), &greeting, &message).await,
            Security::Tls { ca } => {
                let stream = tls::encrypt(stream, &self.host, ca.as_deref()).await?;
                self.deliver_at_first(Box::new(stream), &greeting, &message).await
            }
            Security::StartTls { ca } => {
                let mut plain = Connection::new(stream);
                plain.expect(220).await?;
                if !plain.hello(&greeting).await?.iter().any(|line| line.eq_ignore_ascii_case("STARTTLS")) {
                    return Err("the server does not offer STARTTLS; a relay nearby may do with tls=off".to_owned());
                }
                plain.command("STARTTLS", 220).await?;
                let stream = tls::encrypt(plain.into_stream()?, &self.host, ca.as_deref()).await?;
                self.deliver_greeted(Connection::new(Box::new(stream)), &greeting, &message).await
            }
        }
    }

    async fn deliver_at_first(
        &self,
        stream: AnyStream,
        greeting: &str,
        message: &str,
    ) -> Result<Connection<AnyStream>, String> {
        let mut server = Connection::new(stream);
        server.expect(220).await?;
        self.deliver_greeted(server, greeting, message).await
    }

    async fn deliver_greeted(
        &self,
        mut server: Connection<AnyStream>,
        greeting: &str,
        message: &str,
    ) -> Result<Connection<AnyStream>, String> {
        server.hello(greeting).await?;
        if let Some(credentials) = &self.credentials {
            server.secret(&credentials.auth_plain(), "AUTH PLAIN", 235).await?;
        }
        server.command(&format!("MAIL FROM:<{}>", self.from), 250).await?;
        self.name_recipients(&mut server).await?;
        server.command("DATA", 354).await?;
        server.secret(message, "the message", 250).await?;
        Ok(server)
    }

    /// Names who is to get the message. It goes to those that the server accepts, if it accepts any.
    async fn name_recipients(&self, server: &mut Connection<AnyStream>) -> Result<(), String> {
        let mut refusals = Vec::new();
        for to in &self.to {
            if let Err(reason) = server.accepted(&format!("RCPT TO:<{to}>")).await {
                refusals.push((to, reason));
            }
        }
        if refusals.len() == self.to.len() {
            return Err(refusals.into_iter().map(|(_, reason)| reason).next().unwrap_or_default());
        }
        for (to, reason) in refusals {
            warn!(to, reason, "the mail server refused a mailbox; the others get the mail");
        }
        Ok(())
    }
}

/// An address of this host as EHLO wants it (RFC 5321, section 4.1.3).
fn address_literal(address: std::net::SocketAddr) -> String {
    match address {
        std::net::SocketAddr::V4(v4) => format!("[{}]", v4.ip()),
        std::net::SocketAddr::V6(v6) => format!("[IPv6:{}]", v6.ip()),
    }
}
