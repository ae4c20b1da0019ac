//! What the trainer says on standard error: line by line what it is at, and last of all why it failed.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, BufReader};
use tracing::warn;

/// Bytes of a line that are kept.
const MAX_LINE_BYTES: usize = 4 * 1024;
/// Bytes of the last words that are kept.
const MAX_WORDS_BYTES: usize = 8 * 1024;

/// Reads to the end, so that the trainer is never blocked, and tells each line of progress. Returns the last words: from
/// the last line on that begins an error, else the last line.
pub(super) async fn follow(stderr: impl AsyncRead + Unpin, mut tell: impl FnMut(&str)) -> String {
    let mut reader = BufReader::new(stderr);
    let mut words = LastWords::default();
    let mut line = Vec::new();
    loop {
        match next_line(&mut reader, &mut line).await {
            Ok(true) => {
                let line = String::from_utf8_lossy(&line);
                let line = line.trim_end();
                if words.is_progress(line) {
                    tell(line.trim_start());
                }
            }
            Ok(false) => return words.text,
            Err(error) => {
                warn!(error = %error, "cannot read what the trainer says");
                return words.text;
            }
        }
    }
}

/// Reads a line of any bytes and keeps its beginning; false at the end.
async fn next_line(reader: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut is_there = false;
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok(is_there);
        }
        is_there = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let read = end.unwrap_or(available.len());
        let kept = read.min(MAX_LINE_BYTES - line.len());
        line.extend_from_slice(&available[..kept]);
        reader.consume(end.map_or(read, |end| end + 1));
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// The end of what is said, as far as it explains a failure.
#[derive(Debug, Default)]
struct LastWords {
    text: String,
    is_error: bool,
}

impl LastWords {
    /// Takes a line in, and tells whether it is progress rather than the explanation of a failure.
    fn is_progress(&mut self, line: &str) -> bool {
        if let Some(error) = line.strip_prefix("error: ") {
            *self = Self { text: error.to_owned(), is_error: true };
            return false;
        }
        if line.starts_with("thread '") && line.contains("' panicked at ") {
            *self = Self { text: line.to_owned(), is_error: true };
            return false;
        }
        if line.trim().is_empty() {
            return false;
        }
        if !self.is_error {
            line.trim_start().clone_into(&mut self.text);
            return true;
        }
        let (joint, more) = match line.trim_start().strip_prefix("caused by: ") {
            Some(cause) => (": ", cause),
            None => ("\n", line),
        };
        if self.text.len() + joint.len() + more.len() <= MAX_WORDS_BYTES {
            self.text.push_str(joint);
            self.text.push_str(more);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &[u8], expected_words: &str, expected_progress: &[&str]) {
        let mut progress = Vec::new();
        let tell = |line: &str| progress.push(line.to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(follow(said, tell)), expected_words);
        assert_eq!(progress, expected_progress);
    }

    #[test]
    fn keeps_the_error_with_its_causes() {
        check(b"", "", &[]);
        check(b"epoch 1\n  epoch 2\n\n", "epoch 2", &["epoch 1", "epoch 2"]);
        check(b"no line end", "no line end", &["no line end"]);
        let said = b"reading\nerror: cannot read `a.toml`\n  caused by: TOML parse error\n  caused by: line 1\n";
        check(said, "cannot read `a.toml`: TOML parse error: line 1", &["reading"]);
        check(b"error: first\n  caused by: x\nerror: second\n", "second", &[]);
        check(b"error: bad flag\n\nUsage: segue-model\n", "bad flag\nUsage: segue-model", &[]);
        let panic = b"thread 'main' panicked at a.rs:1:2:\nout of range\n";
        check(panic, "thread 'main' panicked at a.rs:1:2:\nout of range", &[]);
    }

    #[test]
    fn takes_any_bytes_and_any_length() {
        check(b"\xff\nafter\n", "after", &["\u{fffd}", "after"]);
        let long = "x".repeat(300_000);
        check(format!("{long}\nafter\n").as_bytes(), "after", &[&long[..MAX_LINE_BYTES], "after"]);
        let causes = "\n  caused by: y".repeat(100_000);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let words = runtime.block_on(follow(format!("error: x{causes}").as_bytes(), |_| ()));
        assert!(words.starts_with("x: y: y") && words.len() <= MAX_WORDS_BYTES, "{}", words.len());
    }
}
