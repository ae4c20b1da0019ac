//! Notices of new objects, in the envelopes that stores and clouds send.
//!
//! | envelope | told by | key is |
//! |---|---|---|
//! | S3 records | `Records[].s3.object.key` | form-encoded; raw from Ceph (`eventSource` is `ceph:s3`) |
//! | EventBridge | `detail.object.key` | raw |
//! | SNS | the envelope above as text in `Message` | as within |
//! | SQS | the envelope above as text in `body` or `Body` of `Records[]` or `Messages[]` | as within |
//!
//! A wrong decoding costs nothing, as events are hints only.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

/// Envelopes within envelopes that are opened.
const MAX_DEPTH: usize = 4;

/// Something happened to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectEvent {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
}

/// The objects that a message tells of; none if it is a test or a message of another kind.
///
/// # Errors
/// Why the message cannot be read.
pub fn decode(message: &str) -> Result<Vec<ObjectEvent>, String> {
    let mut events = Vec::new();
    open(message, 0, &mut events)?;
    Ok(events)
}

/// The address that confirms a subscription, where a message is SNS's question whether there is to be one.
///
/// Whoever reaches the port may send one, so the address counts only if it is one of SNS, and nobody but a person opens it.
pub(crate) fn confirmation(message: &str) -> Option<String> {
    let value: Value = serde_json::from_str(message).ok().filter(is_question)?;
    let url: Url = value["SubscribeURL"].as_str()?.parse().ok()?;
    let host = url.host_str().filter(|_| url.scheme() == "https")?;
    let is_sns = host.starts_with("sns.") && (host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"));
    is_sns.then(|| url.into())
}

fn is_question(value: &Value) -> bool {
    value["Type"] == "SubscriptionConfirmation"
}

fn open(message: &str, depth: usize, events: &mut Vec<ObjectEvent>) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("the message has too many envelopes".to_owned());
    }
    let value: Value = serde_json::from_str(message).map_err(|error| format!("the message is no JSON: {error}"))?;
    if is_question(&value) {
        return Ok(());
    }
    if let Some(inner) = value["Message"].as_str() {
        return open(inner, depth + 1, events);
    }
    if let Some(detail) = value.get("detail").filter(|_| value["source"] == "aws.s3") {
        events.extend(event(&detail["bucket"]["name"], &detail["object"]["key"], false));
        return Ok(());
    }
    let records = value["Records"].as_array().or_else(|| value["Messages"].as_array());
    for record in records.into_iter().flatten() {
        if let Some(inner) = record["body"].as_str().or_else(|| record["Body"].as_str()) {
            open(inner, depth + 1, events)?;
            continue;
        }
        let is_encoded = record["eventSource"] != "ceph:s3";
        events.extend(event(&record["s3"]["bucket"]["name"], &record["s3"]["object"]["key"], is_encoded));
    }
    Ok(())
}

fn event(bucket: &Value, key: &Value, is_encoded: bool) -> Option<ObjectEvent> {
    let (bucket, key) = (bucket.as_str()?, key.as_str()?);
    let key = match is_encoded {
        true => percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned(),
        false => key.to_owned(),
    };
    Some(ObjectEvent { bucket: bucket.to_owned(), key })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn s3_record(source: &str, key: &str) -> Value {
        json!({ "Records": [{
            "eventVersion": "2.2", "eventSource": source, "eventName": "ObjectCreated:Put",
            "s3": { "bucket": { "name": "raw" }, "object": { "key": key, "size": 7, "eTag": "e" } },
        }] })
    }

    #[track_caller]
    fn check(message: &Value, key: &str) {
        let expected = ObjectEvent { bucket: "raw".to_owned(), key: key.to_owned() };
        assert_eq!(decode(&message.to_string()).unwrap(), [expected], "{message}");
    }

    #[test]
    fn every_envelope_is_opened() {
        let aws = s3_record("aws:s3", "mpd/a+slice%2B1.json");
        check(&aws, "mpd/a slice+1.json");
        check(&s3_record("ceph:s3", "mpd/a slice+1.json"), "mpd/a slice+1.json");
        let bridge = json!({
            "source": "aws.s3", "detail-type": "Object Created",
            "detail": { "bucket": { "name": "raw" }, "object": { "key": "a+b.json" } },
        });
        check(&bridge, "a+b.json");
        check(&json!({ "Type": "Notification", "Message": aws.to_string() }), "mpd/a slice+1.json");
        check(&json!({ "Messages": [{ "Body": bridge.to_string() }] }), "a+b.json");
        let in_sns_in_sqs = json!({ "Message": aws.to_string() }).to_string();
        check(&json!({ "Records": [{ "eventSource": "aws:sqs", "body": in_sns_in_sqs }] }), "mpd/a slice+1.json");
    }

    #[test]
    fn what_tells_of_no_object_is_no_error() {
        for message in [json!({ "Service": "Amazon S3", "Event": "s3:TestEvent" }), json!({ "Records": [{}] })] {
            assert_eq!(decode(&message.to_string()).unwrap(), []);
        }
        // Its `Message` is a sentence.
        let question = |url: &str| {
            let said = "You have chosen to subscribe to the topic arn:aws:sns:eu-west-1:1:slices.";
            json!({ "Type": "SubscriptionConfirmation", "Message": said, "SubscribeURL": url }).to_string()
        };
        let url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37";
        assert_eq!(decode(&question(url)).unwrap(), []);
        assert_eq!(confirmation(&question(url)).as_deref(), Some(url));
        for other in
            ["https://sns.example/", "http://sns.eu-west-1.amazonaws.com/", "https://sns.a@evil/.amazonaws.com"]
        {
            assert_eq!(confirmation(&question(other)), None, "{other}");
        }
        assert_eq!(confirmation(&s3_record("aws:s3", "a.json").to_string()), None);
        assert!(decode("hello").unwrap_err().starts_with("the message is no JSON"));
        let nested = (0..9).fold("{}".to_owned(), |inner, _| json!({ "Message": inner }).to_string());
        assert!(decode(&nested).is_err());
    }
}
