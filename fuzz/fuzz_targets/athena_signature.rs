//! Signatures of requests: whatever stands in headers, address and body, nobody gets in who does not know the secret.
#![no_main]

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use arbitrary::Arbitrary;
use athena::{
    signature::{Credentials, Request, verify, verify_s3},
    target::Target,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;

const KEYS: &str = "[[keys]]\naccess_key_id = \"AKIA\"\nsecret_access_key = \"hush\"\npermission = \"read\"\n";
static CREDENTIALS: LazyLock<Credentials> = LazyLock::new(|| Credentials::from_toml(KEYS).expect("a file of keys"));

#[derive(Debug, Arbitrary)]
struct Asked<'a> {
    path: &'a str,
    query: &'a str,
    authorization: Authorization<'a>,
    /// Whether the date is the one at which it is looked at.
    in_time: bool,
    date: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
    body: &'a [u8],
}

/// As it is, or with a scope that is right up to the service.
#[derive(Debug, Arbitrary)]
enum Authorization<'a> {
    Any(&'a str),
    Formed { service: &'a str, signed_headers: &'a str, signature: &'a str },
}

fuzz_target!(|asked: Asked<'_>| {
    let authorization = match asked.authorization {
        Authorization::Any(text) => text.to_owned(),
        Authorization::Formed { service, signed_headers, signature } => format!(
            "AWS4-HMAC-SHA256 Credential=AKIA/20261130/us-east-1/{service}/aws4_request, \
             SignedHeaders=host;{signed_headers}, Signature={signature}"
        ),
    };
    let date = if asked.in_time { "20261130T120000Z" } else { asked.date };
    let mut headers = HeaderMap::new();
    let given = asked.headers.iter().map(|(name, value)| (*name, *value));
    let own =
        [("host", &b"localhost"[..]), ("x-amz-date", date.as_bytes()), ("authorization", authorization.as_bytes())];
    for (name, value) in own.into_iter().chain(given) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value)) {
            headers.insert(name, value);
        }
    }
    // 2026-11-30T12:00:00Z.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_040_000);
    let target = Target::of(&Method::POST, asked.path, &headers);
    let request = Request { method: "POST", path: asked.path, query: asked.query, headers: &headers, body: asked.body };
    assert!(verify(&request, target.signing_name(), &CREDENTIALS, now).is_err());
    assert!(verify_s3(&request, &CREDENTIALS, now).is_err());
});
