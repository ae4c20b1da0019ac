//! A webhook that takes everything and remembers it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use serde_json::Value;

/// A listener on this machine that answers every request with 200, for as long as the test runs.
#[derive(Debug)]
pub struct Webhook {
    url: String,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Webhook {
    /// Starts to listen on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("listening for notifications")?;
        let url = format!("http://{}/hook", listener.local_addr()?);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // Who hangs up in the middle, as a client that is killed does, is heard no further.
                if let Ok(document) = take(&mut stream) {
                    shared.lock().unwrap_or_else(PoisonError::into_inner).push(document);
                }
            }
        });
        Ok(Self { url, heard })
    }

    /// Returns where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the documents that came, in their order; one that is no JSON is `null`.
    pub fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the field `summary` of what came.
    pub fn summaries(&self) -> Vec<String> {
        self.heard().iter().map(|told| told["summary"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn take(stream: &mut TcpStream) -> Result<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let document = serde_json::from_slice(&body).unwrap_or_default();
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    Ok(document)
}
