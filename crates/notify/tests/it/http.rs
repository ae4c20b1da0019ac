//! Webhooks, Slack, SNS.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use notify::{AwsCredentials, Channel, Notifier};
use serde_json::Value;
use tokio::net::TcpListener;
use url::form_urlencoded;

use crate::notification;

/// What an HTTP server was told, and how often it refuses first.
#[derive(Default)]
struct Heard {
    refusals: usize,
    requests: Vec<(HeaderMap, String)>,
}

type Shared = Arc<Mutex<Heard>>;

async fn take(State(heard): State<Shared>, headers: HeaderMap, body: String) -> StatusCode {
    let mut heard = heard.lock().unwrap();
    heard.requests.push((headers, body));
    if heard.refusals > 0 {
        heard.refusals -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

/// A server that listens; its address and what it hears.
async fn listen(refusals: usize) -> (String, Shared) {
    let heard: Shared = Arc::new(Mutex::new(Heard { refusals, ..Heard::default() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/{*path}", post(take)).route("/", post(take)).with_state(Arc::clone(&heard));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}"), heard)
}

#[tokio::test]
async fn webhooks_get_all_that_is_known_and_slack_gets_text() {
    let (url, heard) = listen(0).await;
    let notifier = Notifier::parse(&format!("{url}/hook, slack+{url}/services/T0"), None).unwrap();
    assert!(notifier.tell(&notification()).await.is_empty());
    let bodies: Vec<Value> =
        heard.lock().unwrap().requests.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(bodies[0], serde_json::to_value(notification()).unwrap());
    assert_eq!(bodies[0]["severity"], "page");
    let text = bodies[1]["text"].as_str().unwrap();
    for part in ["a run failed", "run: run-7", "step: playlist_tracks", "why: no space left", "next: make room"] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_channel_is_tried_again_and_then_given_up() {
    let (url, heard) = listen(2).await;
    assert!(Notifier::parse(&format!("{url}/hook"), None).unwrap().tell(&notification()).await.is_empty());
    assert_eq!(heard.lock().unwrap().requests.len(), 3);

    let (url, _) = listen(99).await;
    let failures = Notifier::parse(&format!("{url}/secret-path"), None).unwrap().tell(&notification()).await;
    let shown = failures[0].to_string();
    assert!(shown.starts_with("cannot tell webhook at 127.0.0.1: answered 503"), "{shown}");
    assert!(!shown.contains("secret-path"), "{shown}");
}

#[tokio::test]
async fn sns_is_asked_to_publish_with_a_signature() {
    let (url, heard) = listen(0).await;
    let credentials = AwsCredentials {
        access_key_id: "AKTEST".to_owned(),
        secret_access_key: "a secret".to_owned(),
        session_token: Some("a token".to_owned()),
    };
    let address = format!("sns:arn:aws:sns:eu-west-1:123456789012:alerts?endpoint={url}/");
    assert!(Channel::parse(&address, None).unwrap_err().contains("AWS_ACCESS_KEY_ID"));
    let channel = Channel::parse(&address, Some(&credentials)).unwrap();
    assert!(!format!("{channel:?} {credentials:?}").contains("secret\""), "{channel:?}");
    assert!(Notifier::new(vec![channel]).tell(&notification()).await.is_empty());
    let (headers, body) = heard.lock().unwrap().requests.remove(0);
    let form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!(form["Action"], "Publish");
    assert_eq!(form["TopicArn"], "arn:aws:sns:eu-west-1:123456789012:alerts");
    assert_eq!(form["Subject"], "[page] nightly: a run failed");
    assert_eq!(form["MessageAttributes.entry.1.Value.StringValue"], "page");
    let signature = headers["authorization"].to_str().unwrap();
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKTEST/"), "{signature}");
    assert!(signature.contains("/eu-west-1/sns/aws4_request"), "{signature}");
    assert!(signature.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token"), "{signature}");
}
