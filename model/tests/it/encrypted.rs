//! The server with a certificate, as curl and openssl see it.

use std::{path::Path, process::Command};

use crate::{
    fixture::torch,
    serving::{Server, lake_with_model},
};

fn run(folder: &Path, program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// A certificate for this machine and its key, in the place of those that were there.
fn make_certificate(folder: &Path) {
    let line = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
                -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem";
    let (is_made, said) = run(folder, "openssl", &line.split_whitespace().collect::<Vec<_>>());
    assert!(is_made, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_protocols_are_encrypted() {
    let _torch = torch().await;
    let place = tempfile::tempdir().unwrap();
    let (folder, lake) = (place.path(), place.path().join("lake"));
    lake_with_model(&lake).await;
    make_certificate(folder);
    let path = |name: &str| folder.join(name).display().to_string();
    let (certificate, key) = (path("cert.pem"), path("key.pem"));
    let encrypted = ["--tls-cert", &certificate, "--tls-key", &key, "--grpc-port", "0"];
    let server = Server::serve(&lake, &encrypted).await;

    let curl = |arguments: &[&str]| {
        run(folder, "curl", &[&["--silent", "--show-error", "--noproxy", "*", "--max-time", "30"], arguments].concat())
    };
    let ping = format!("https://{}/ping", server.address());
    let (is_trusted, said) = curl(&["--cacert", "cert.pem", &ping]);
    assert!(is_trusted && said.contains("Healthy"), "{said}");
    let (is_trusted, said) = curl(&[&ping]);
    assert!(!is_trusted && said.contains("certificate"), "{said}");
    let (is_answered, said) = curl(&[&ping.replace("https", "http")]);
    assert!(!is_answered, "{said}");

    // An empty message of gRPC: not compressed, no bytes.
    std::fs::write(folder.join("empty"), [0_u8; 5]).unwrap();
    let live = format!("https://{}/inference.GRPCInferenceService/ServerLive", server.grpc_address.as_ref().unwrap());
    let grpc = ["--include", "--http2", "--data-binary", "@empty", "--output", "-"];
    let headers = ["--header", "content-type: application/grpc", "--header", "te: trailers", &live];
    let call = |trusted: &str| curl(&[&grpc[..], &headers, &["--cacert", trusted]].concat());
    let (is_answered, said) = call("cert.pem");
    assert!(is_answered && said.starts_with("HTTP/2 200") && said.contains("application/grpc"), "{said}");

    // A certificate that is renewed is what both show to whoever comes next.
    std::fs::copy(folder.join("cert.pem"), folder.join("old.pem")).unwrap();
    make_certificate(folder);
    for (trusted, expected) in [("cert.pem", true), ("old.pem", false)] {
        assert_eq!(curl(&["--cacert", trusted, &ping]).0, expected, "{trusted}");
        assert_eq!(call(trusted).0, expected, "{trusted}");
    }
}
