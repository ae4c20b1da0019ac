//! Webhooks: the notification as JSON, or as Slack reads it.

use std::fmt;

use serde_json::json;
use url::Url;

use super::{expect_success, request_failure};
use crate::Notification;

/// A webhook.
#[derive(Clone)]
pub struct Webhook {
    pub(super) url: Url,
    pub(super) is_slack: bool,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str();
        formatter.debug_struct("Webhook").field("host", &host).field("is_slack", &self.is_slack).finish_non_exhaustive()
    }
}

impl Webhook {
    pub(super) async fn send(&self, client: &reqwest::Client, notification: &Notification) -> Result<(), String> {
        let body = match self.is_slack {
            true => json!({ "text": notification.text() }),
            false => json!(notification),
        };
        let response = client.post(self.url.clone()).json(&body).send().await.map_err(request_failure)?;
        expect_success(response).await
    }
}
