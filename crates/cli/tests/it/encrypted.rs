//! What the watch listens for is encrypted when it is told to. openssl makes the certificate, curl asks.

use std::{io::Write, net::TcpStream, process::Command};

use testkit::{http, process::ProcessGuard};

use crate::workplace::{Workplace, check_failure, wait_until};

/// A certificate for `localhost` and its key, as files of the workplace.
fn make_certificate(workplace: &Workplace) {
    let line = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem";
    let made = Command::new("openssl").args(line.split_whitespace()).current_dir(workplace.path("")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The port behind a phrase that the command writes.
async fn port(watch: &ProcessGuard, phrase: &str) -> u16 {
    wait_until(phrase, || watch.stderr().contains(phrase)).await;
    let address = http::address_behind(&watch.stderr(), phrase).unwrap();
    address.strip_prefix("127.0.0.1:").unwrap().parse().unwrap()
}

/// What curl gets, and whether it did.
fn curl(workplace: &Workplace, arguments: &[&str]) -> (bool, String) {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "20"]).args(arguments);
    let output = curl.current_dir(workplace.path("")).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn listeners_of_the_watch_encrypt() {
    let workplace = Workplace::with_slices().await;
    make_certificate(&workplace);
    let line = "watch --input raw --steps quarantine --poll-minutes 60 --events-bind 127.0.0.1:0 --events-token t0ken \
                --admin-bind 127.0.0.1:0 --tls-cert cert.pem --tls-key key.pem";
    let watch = workplace.segue.start(line.split_whitespace()).unwrap();
    let (admin, events) = (port(&watch, "health and metrics at").await, port(&watch, "events are taken at").await);
    // Somebody who connects and says nothing, and somebody who does not encrypt, hold nobody up.
    let _silent = TcpStream::connect(("127.0.0.1", admin)).unwrap();
    TcpStream::connect(("127.0.0.1", admin)).unwrap().write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();

    let url = format!("https://localhost:{admin}/metrics");
    let (is_trusted, metrics) = curl(&workplace, &["--cacert", "cert.pem", &url]);
    assert!(is_trusted && metrics.contains("segue_source_objects_pending"), "{metrics}");
    let (is_trusted, why) = curl(&workplace, &[&url]);
    assert!(!is_trusted && why.contains("certificate"), "{why}");
    let (is_answered, why) = curl(&workplace, &[&url.replace("https", "http")]);
    assert!(!is_answered, "{why}");
    let url = format!("https://localhost:{events}/events");
    let event = r#"{"Records":[{"s3":{"bucket":{"name":"raw"},"object":{"key":"a.json"}}}]}"#;
    let post = ["--cacert", "cert.pem", "--header", "authorization: Bearer t0ken", "--data", event, &url];
    assert_eq!(curl(&workplace, &post), (true, "1 of 1 events are about the input\n".to_owned()));
}

#[tokio::test]
async fn certificates_that_cannot_be_used_are_refused_at_the_start() {
    let workplace = Workplace::with_slices().await;
    make_certificate(&workplace);
    let line = "watch --input raw --poll-minutes 60";
    check_failure(&workplace.run(&format!("{line} --tls-cert cert.pem")).await, 2, &["give both or neither"]);
    let swapped = workplace.run(&format!("{line} --tls-cert key.pem --tls-key key.pem")).await;
    check_failure(&swapped, 2, &["key.pem`: it has no certificate in PEM form"]);
    let missing = workplace.run(&format!("{line} --tls-cert cert.pem --tls-key none.pem")).await;
    assert_eq!(missing.code(), Some(2), "{missing:?}");
    assert!(missing.stderr.contains("cannot use `none.pem`"), "{}", missing.stderr);
}
