//! Whom to tell, on the command line.

use anyhow::Result;
use clap::Args;
use notify::{AwsCredentials, Notifier};

/// Arguments that say whom to tell of failures.
#[derive(Debug, Clone, Args)]
pub(crate) struct Channels {
    /// Whom to tell when runs fail and when they succeed again, separated by commas: https://… (JSON), slack+https://…,
    /// sns:arn:aws:sns:REGION:ACCOUNT:TOPIC, smtp://USER:PASSWORD@HOST/?from=ADDRESS&to=ADDRESS
    #[arg(long, env = "SEGUE_NOTIFY", hide_env_values = true, value_name = "CHANNELS", default_value = "")]
    notify: String,
    #[arg(long, env = "AWS_ACCESS_KEY_ID", hide = true)]
    sns_access_key_id: Option<String>,
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", hide = true, hide_env_values = true)]
    sns_secret_access_key: Option<String>,
    #[arg(long, env = "AWS_SESSION_TOKEN", hide = true, hide_env_values = true)]
    sns_session_token: Option<String>,
}

impl Channels {
    /// The channels, ready to be used.
    ///
    /// # Errors
    /// If one of them cannot be.
    pub(crate) fn notifier(&self) -> Result<Notifier> {
        let credentials = self.sns_access_key_id.clone().zip(self.sns_secret_access_key.clone());
        let credentials = credentials.map(|(access_key_id, secret_access_key)| AwsCredentials {
            access_key_id,
            secret_access_key,
            session_token: self.sns_session_token.clone(),
        });
        Ok(Notifier::parse(&self.notify, credentials.as_ref())?)
    }
}
