//! Tells all channels, again if one does not take it at once.

use std::time::Duration;

use tracing::{info, warn};

use crate::{AwsCredentials, Channel, Error, Notification, Result, channel::TIMEOUT};

/// Attempts at one channel.
const ATTEMPTS: u32 = 3;
/// Pause before the second attempt; before the third it is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells people through some channels, or through none.
#[derive(Debug)]
pub struct Notifier {
    channels: Vec<Channel>,
    client: reqwest::Client,
}

impl Notifier {
    /// A notifier of these channels.
    pub fn new(channels: Vec<Channel>) -> Self {
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
        Self { channels, client: client.unwrap_or_default() }
    }

    /// A notifier of channels as one text, their addresses separated by commas or white space.
    ///
    /// # Errors
    /// [`Error::InvalidChannel`] for the first that cannot be used.
    pub fn parse(addresses: &str, credentials: Option<&AwsCredentials>) -> Result<Self> {
        let addresses = addresses.split([',', ' ', '\n', '\t']).filter(|address| !address.is_empty());
        let channels: Result<Vec<Channel>> = addresses
            .enumerate()
            .map(|(index, address)| {
                let invalid = |reason| Error::InvalidChannel { position: index + 1, reason };
                Channel::parse(address, credentials).map_err(invalid)
            })
            .collect();
        Ok(Self::new(channels?))
    }

    /// The channels.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Tells every channel, and returns why those that did not take it did not.
    pub async fn tell(&self, notification: &Notification) -> Vec<Error> {
        let mut failures = Vec::new();
        for channel in &self.channels {
            match self.deliver(channel, notification).await {
                Ok(()) => info!(channel = %channel, key = notification.key, "notification sent"),
                Err(reason) => {
                    warn!(channel = %channel, key = notification.key, reason, "notification not sent");
                    failures.push(Error::NotDelivered { channel: channel.to_string(), reason });
                }
            }
        }
        failures
    }

    async fn deliver(&self, channel: &Channel, notification: &Notification) -> Result<(), String> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            if self.attempt(channel, notification).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.attempt(channel, notification).await
    }

    async fn attempt(&self, channel: &Channel, notification: &Notification) -> Result<(), String> {
        let limit = channel.limit();
        match tokio::time::timeout(limit, channel.send(&self.client, notification)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} s", limit.as_secs())),
        }
    }
}
