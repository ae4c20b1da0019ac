//! Signatures of botocore's signer are accepted, and none that was changed.

use std::time::SystemTime;

use athena::signature::{Credentials, Request, verify};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::place::print;

#[tokio::test(flavor = "multi_thread")]
async fn what_botocore_signs_is_accepted_and_nothing_else() {
    let printed = print("sign.py").await;
    let signed: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(signed.len(), 300);
    for request in &signed {
        let text = |name: &str| request[name].as_str().unwrap().to_owned();
        let (service, query, body) = (text("service"), text("query"), text("body"));
        let headers = headers_of(request);
        let accepted = |secret: &str, service: &str, query: &str, body: &str, headers: &HeaderMap| {
            let credentials = credentials(&text("access_key_id"), secret);
            let request = Request { method: "POST", path: "/", query, headers, body: body.as_bytes() };
            verify(&request, service, &credentials, SystemTime::now()).is_ok()
        };
        let secret = text("secret");
        assert!(accepted(&secret, &service, &query, &body, &headers), "{request}");
        assert!(!accepted(&format!("{secret}x"), &service, &query, &body, &headers), "another secret: {request}");
        assert!(!accepted(&secret, "s3", &query, &body, &headers), "another service: {request}");
        assert!(!accepted(&secret, &service, "a=changed", &body, &headers), "another query: {request}");
        assert!(!accepted(&secret, &service, &query, &format!("{body} "), &headers), "another body: {request}");
        let mut changed = headers.clone();
        changed.insert("x-amz-target", HeaderValue::from_static("AmazonAthena.DeleteWorkGroup"));
        assert!(!accepted(&secret, &service, &query, &body, &changed), "another operation: {request}");
    }
}

fn credentials(access_key_id: &str, secret: &str) -> Credentials {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let (id, secret) = (quoted(access_key_id), quoted(secret));
    let text = format!("[[keys]]\naccess_key_id = {id}\nsecret_access_key = {secret}\npermission = \"read\"\n");
    Credentials::from_toml(&text).unwrap()
}

fn headers_of(request: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in request["headers"].as_object().unwrap() {
        let name: HeaderName = name.to_lowercase().parse().unwrap();
        headers.insert(name, HeaderValue::from_bytes(value.as_str().unwrap().as_bytes()).unwrap());
    }
    headers
}
