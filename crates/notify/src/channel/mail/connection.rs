//! Commands and replies of SMTP.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

/// Longest line of a reply; RFC 5321 allows 512 bytes.
const MAX_LINE_BYTES: u64 = 4096;
/// Most lines of a reply.
const MAX_LINES: usize = 100;

/// A way to the server and back.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A conversation with a server.
pub(super) struct Connection<S> {
    stream: BufReader<S>,
}

impl<S: Stream> Connection<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// The stream, to be encrypted. What the server said before it was asked would be taken for encrypted words then
    /// (CVE-2011-0411), so there must be none.
    pub(super) fn into_stream(self) -> Result<S, String> {
        if self.stream.buffer().is_empty() {
            Ok(self.stream.into_inner())
        } else {
            Err("the server spoke on after it agreed to encrypt".to_owned())
        }
    }

    /// Says who is there, and returns what the server can do.
    pub(super) async fn hello(&mut self, name: &str) -> Result<Vec<String>, String> {
        self.command(&format!("EHLO {name}"), 250).await
    }

    /// Sends a command and expects a code; returns the lines of the reply.
    pub(super) async fn command(&mut self, line: &str, code: u16) -> Result<Vec<String>, String> {
        self.secret(line, line, code).await
    }

    /// Sends what errors call by another name.
    pub(super) async fn secret(&mut self, line: &str, name: &str, code: u16) -> Result<Vec<String>, String> {
        self.say(line, name, &code.to_string()).await
    }

    /// Sends a command and expects any code of success.
    pub(super) async fn accepted(&mut self, line: &str) -> Result<(), String> {
        self.say(line, line, "2").await.map(drop)
    }

    /// Sends a line and expects a code that begins so.
    async fn say(&mut self, line: &str, name: &str, code: &str) -> Result<Vec<String>, String> {
        let sent = async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.write_all(b"\r\n").await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| format!("cannot send {name}: {error}"))?;
        self.reply(code).await.map_err(|reason| format!("to {name} the server {reason}"))
    }

    /// Expects the server to speak first.
    pub(super) async fn expect(&mut self, code: u16) -> Result<Vec<String>, String> {
        self.reply(&code.to_string()).await.map_err(|reason| format!("at first the server {reason}"))
    }

    async fn reply(&mut self, expected: &str) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        while lines.len() < MAX_LINES {
            let line = self.line().await?;
            let (code, rest) = line.split_at_checked(3).ok_or_else(|| format!("said `{line}`"))?;
            let is_last = !rest.starts_with('-');
            lines.push(rest.trim_start_matches(['-', ' ']).to_owned());
            if !is_last {
                continue;
            }
            return if code.starts_with(expected) {
                Ok(lines)
            } else {
                Err(format!("said {code} {}", lines.join(" ")))
            };
        }
        Err(format!("said more than {MAX_LINES} lines"))
    }

    async fn line(&mut self) -> Result<String, String> {
        let mut bytes = Vec::new();
        let read = (&mut self.stream).take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes).await;
        match read {
            Err(error) => Err(format!("cannot be heard: {error}")),
            Ok(0) => Err("hung up".to_owned()),
            Ok(_) if !bytes.ends_with(b"\n") => Err("said a line without end".to_owned()),
            Ok(_) => Ok(String::from_utf8_lossy(&bytes).trim_end().chars().filter(|c| !c.is_control()).collect()),
        }
    }
}
