//! Mail, handed to a server over SMTP (RFC 5321), encrypted by STARTTLS (RFC 3207) or from the start.
//!
//! ```text
//! smtp://USER:PASSWORD@host:587/?from=segue@music.example&to=ops@music.example;lead@music.example
//! smtps://…                      encrypted from the start, port 465
//! smtp://localhost:25/?…&tls=off a relay on this host or in this network; then without a password
//!                  …&ca=FILE     certificates to trust instead of the system's
//! ```

mod address;
mod connection;
mod message;
mod tls;

use std::fmt;

use tokio::net::TcpStream;
use url::Url;

use self::{
    address::{Credentials, Security},
    connection::Connection,
};
use crate::Notification;

/// Mailboxes and the way to them.
#[derive(Clone)]
pub struct Mail {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    from: String,
    to: Vec<String>,
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

    /// Hands the notification to the server, once; who waits limits the time.
    pub(super) async fn send(&self, notification: &Notification) -> Result<(), String> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| format!("cannot connect: {error}"))?;
        let greeting = stream.local_addr().map_or_else(|_| "[127.0.0.1]".to_owned(), address_literal);
        let message = message::text(notification, &self.from, &self.to, std::time::SystemTime::now());
        match &self.security {
            Security::Off => self.deliver(Connection::new(stream), &greeting, &message).await,
            Security::Tls { ca } => {
                let stream = tls::encrypt(stream, &self.host, ca.as_deref()).await?;
                self.deliver(Connection::new(stream), &greeting, &message).await
            }
            Security::StartTls { ca } => {
                let mut plain = Connection::new(stream);
                plain.expect(220).await?;
                if !plain.hello(&greeting).await?.iter().any(|line| line.eq_ignore_ascii_case("STARTTLS")) {
                    return Err("the server does not offer STARTTLS; a relay nearby may do with tls=off".to_owned());
                }
                plain.command("STARTTLS", 220).await?;
                let stream = tls::encrypt(plain.into_stream()?, &self.host, ca.as_deref()).await?;
                self.deliver_greeted(Connection::new(stream), &greeting, &message).await
            }
        }
    }

    async fn deliver<S: connection::Stream>(
        &self,
        mut server: Connection<S>,
        greeting: &str,
        message: &str,
    ) -> Result<(), String> {
        server.expect(220).await?;
        self.deliver_greeted(server, greeting, message).await
    }

    async fn deliver_greeted<S: connection::Stream>(
        &self,
        mut server: Connection<S>,
        greeting: &str,
        message: &str,
    ) -> Result<(), String> {
        server.hello(greeting).await?;
        if let Some(credentials) = &self.credentials {
            server.secret(&credentials.auth_plain(), "AUTH PLAIN", 235).await?;
        }
        server.command(&format!("MAIL FROM:<{}>", self.from), 250).await?;
        for to in &self.to {
            server.command(&format!("RCPT TO:<{to}>"), 250).await?;
        }
        server.command("DATA", 354).await?;
        server.secret(message, "the message", 250).await?;
        // The message is the server's by now; how it takes leave does not matter.
        let _ = server.command("QUIT", 221).await;
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
