//! Plain HTTP to a program that a test has started, and where it says that it listens.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use anyhow::{Context, Result};
use serde_json::json;

/// Returns the `host:port` of the address that a program's log has behind a phrase.
///
/// # Errors
/// If there is no address.
pub fn address_behind(log: &str, phrase: &str) -> Result<String> {
    let behind = log.split_once(phrase).and_then(|(_, rest)| rest.split_once("://"));
    let (_, rest) = behind.with_context(|| format!("no address behind `{phrase}` in {log}"))?;
    Ok(rest.split([' ', '/', '\n', ';']).next().unwrap_or_default().to_owned())
}

/// Asks for a path, and returns the answer with its head.
///
/// # Errors
/// If nobody answers.
pub fn get(address: &str, path: &str) -> Result<String> {
    ask(address, &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"))
}

/// Tells a watch of an object as S3 does, and returns the answer with its head. Without a token it is empty.
///
/// # Errors
/// If nobody answers.
pub fn post_event(address: &str, token: &str, bucket: &str, key: &str) -> Result<String> {
    let event =
        json!({ "Records": [{ "s3": { "bucket": { "name": bucket }, "object": { "key": key } } }] }).to_string();
    let head =
        format!("POST /events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close");
    ask(address, &format!("{head}\r\ncontent-length: {}\r\n\r\n{event}", event.len()))
}

fn ask(address: &str, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_behind_their_phrase() {
        let log = "watching; health and metrics at http://127.0.0.1:5\nevents at https://[::1]:6/events\n";
        assert_eq!(address_behind(log, "metrics at").unwrap(), "127.0.0.1:5");
        assert_eq!(address_behind(log, "events at").unwrap(), "[::1]:6");
        assert!(address_behind(log, "nothing at").is_err());
    }
}
