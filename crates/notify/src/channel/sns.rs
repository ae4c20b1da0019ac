//! SNS: the `Publish` call of its query API, signed.

use std::{fmt, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use url::{Url, form_urlencoded};

use super::{expect_success, request_failure};
use crate::Notification;

const FORM: &str = "application/x-www-form-urlencoded";
const VERSION: &str = "2010-03-31";

/// Who publishes to SNS topics.
#[derive(Clone)]
pub struct AwsCredentials {
    /// Id of the access key.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for AwsCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AwsCredentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// A topic, and who publishes to it.
#[derive(Clone)]
pub struct SnsTopic {
    arn: String,
    region: String,
    endpoint: Url,
    credentials: Credentials,
}

impl fmt::Debug for SnsTopic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SnsTopic").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl SnsTopic {
    /// Reads `arn:aws:sns:REGION:ACCOUNT:TOPIC[?endpoint=URL]`.
    pub(super) fn parse(address: &str, credentials: Option<&AwsCredentials>) -> Result<Self, String> {
        let (arn, query) = address.split_once('?').unwrap_or((address, ""));
        let parts: Vec<&str> = arn.split(':').collect();
        let ["arn", _, "sns", region, _, topic] = parts[..] else {
            return Err("expected sns:arn:aws:sns:REGION:ACCOUNT:TOPIC".to_owned());
        };
        if region.is_empty() || topic.is_empty() {
            return Err("the ARN lacks its region or its topic".to_owned());
        }
        let endpoint = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "endpoint");
        let endpoint = match endpoint {
            Some((_, endpoint)) => endpoint.into_owned(),
            None => format!("https://sns.{region}.amazonaws.com/"),
        };
        let endpoint = Url::parse(&endpoint).map_err(|error| format!("`endpoint` is no URL: {error}"))?;
        let AwsCredentials { access_key_id, secret_access_key, session_token } =
            credentials.cloned().ok_or("SNS needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")?;
        let credentials = Credentials::new(access_key_id, secret_access_key, session_token, None, "settings");
        Ok(Self { arn: arn.to_owned(), region: region.to_owned(), endpoint, credentials })
    }

    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    pub(super) async fn send(&self, client: &reqwest::Client, notification: &Notification) -> Result<(), String> {
        let body = self.form(notification);
        let request = self.signed(&body).map_err(|error| format!("cannot sign the request: {error}"))?;
        let (parts, ()) = request.into_parts();
        let post = client.post(self.endpoint.clone()).headers(parts.headers).body(body);
        expect_success(post.send().await.map_err(request_failure)?).await
    }

    fn form(&self, notification: &Notification) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", "Publish").append_pair("Version", VERSION).append_pair("TopicArn", &self.arn);
        form.append_pair("Subject", &notification.subject()).append_pair("Message", &notification.text());
        let attributes = [
            ("severity", notification.severity.to_string()),
            ("pipeline", notification.pipeline.clone()),
            ("key", notification.key.clone()),
        ];
        for (index, (name, value)) in attributes.iter().enumerate() {
            let entry = format!("MessageAttributes.entry.{}", index + 1);
            form.append_pair(&format!("{entry}.Name"), name);
            form.append_pair(&format!("{entry}.Value.DataType"), "String");
            form.append_pair(&format!("{entry}.Value.StringValue"), value);
        }
        form.finish()
    }

    /// The headers of the request, its signature among them.
    fn signed(&self, body: &str) -> Result<http::Request<()>, Box<dyn std::error::Error + Send + Sync>> {
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("sns")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?;
        let headers = [("content-type", FORM)];
        let signable = SignableRequest::new(
            "POST",
            self.endpoint.as_str(),
            headers.iter().copied(),
            SignableBody::Bytes(body.as_bytes()),
        )?;
        let (instructions, _) = sign(signable, &parameters.into())?.into_parts();
        let mut request = http::Request::post(self.endpoint.as_str()).header("content-type", FORM).body(())?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
