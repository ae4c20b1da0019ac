//! The body of a request, checked while it is read.
//!
//! SDKs send it as it is, or in chunks:
//!
//! ```text
//! 10000;chunk-signature=…\r\n <65536 bytes> \r\n … 0;chunk-signature=…\r\n
//! x-amz-checksum-crc32:…\r\n x-amz-trailer-signature:…\r\n \r\n
//! ```

use std::{mem, time::Duration};

use athena::signature::{ChunkSignatures, S3Payload};
use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::HeaderMap,
};
use bytes::{Buf, BytesMut};
use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::{
    access::Protection,
    error::{S3Error, S3Result},
};

/// Longest wait for the next piece.
const SILENT_FOR: Duration = Duration::from_secs(60);
/// Longest line between chunks, and most bytes behind the last one.
const MAX_LINE_BYTES: usize = 4096;

/// Where in a body of chunks the reader stands.
enum Place {
    Head,
    Data { left: u64, signature: String },
    DataEnd,
    Trailer { lines: String },
    End,
}

/// Reads a body piece by piece. What was read counts only when the end was reached without an error.
pub(super) struct BodyReader {
    stream: BodyDataStream,
    pending: BytesMut,
    payload: S3Payload,
    chunks: Option<ChunkSignatures>,
    place: Place,
    hash: Sha256,
    expected_bytes: Option<u64>,
    bytes: u64,
}

impl BodyReader {
    /// A reader of a request's body.
    ///
    /// # Errors
    /// If a length is no number.
    pub(super) fn new(body: Body, headers: &HeaderMap, protection: Protection) -> S3Result<Self> {
        let said = headers.get("x-amz-decoded-content-length").and_then(|value| value.to_str().ok());
        let expected_bytes = said.map(str::parse).transpose();
        Ok(Self {
            stream: body.into_data_stream(),
            pending: BytesMut::new(),
            payload: protection.payload,
            chunks: protection.chunks,
            place: Place::Head,
            hash: Sha256::new(),
            expected_bytes: expected_bytes
                .map_err(|_| S3Error::invalid("x-amz-decoded-content-length is no number"))?,
            bytes: 0,
        })
    }

    /// The next piece of what was sent; [`None`] when all of it was read and is as it was signed.
    pub(super) async fn next(&mut self) -> S3Result<Option<Bytes>> {
        let piece = match self.payload {
            S3Payload::Chunks { .. } => self.next_of_chunks().await?,
            S3Payload::Hash(_) | S3Payload::Unsigned => self.receive().await?,
        };
        match &piece {
            Some(piece) => {
                self.hash.update(piece);
                self.bytes += piece.len() as u64;
            }
            None => self.check_end()?,
        }
        Ok(piece)
    }

    /// All of it, if it is no larger than `limit`.
    pub(super) async fn all(mut self, limit: usize) -> S3Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(piece) = self.next().await? {
            if all.len() + piece.len() > limit {
                return Err(S3Error::invalid("The body is too large for this operation"));
            }
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    async fn receive(&mut self) -> S3Result<Option<Bytes>> {
        let received = tokio::time::timeout(SILENT_FOR, self.stream.next()).await.map_err(|_| S3Error::timed_out())?;
        received.transpose().map_err(|_| S3Error::incomplete_body())
    }

    fn check_end(&self) -> S3Result<()> {
        if let S3Payload::Hash(expected) = self.payload
            && self.hash.clone().finalize().as_slice() != expected
        {
            return Err(S3Error::wrong_hash());
        }
        if self.expected_bytes.is_some_and(|expected| expected != self.bytes) {
            return Err(S3Error::incomplete_body());
        }
        Ok(())
    }

    async fn next_of_chunks(&mut self) -> S3Result<Option<Bytes>> {
        loop {
            match mem::replace(&mut self.place, Place::End) {
                Place::Head => {
                    let line = self.line().await?;
                    let (size, signature) = line.split_once(';').unwrap_or((&line, ""));
                    let left = u64::from_str_radix(size.trim(), 16).map_err(|_| S3Error::incomplete_body())?;
                    let signature = signature.strip_prefix("chunk-signature=").unwrap_or_default().to_owned();
                    // From here on, the hash is that of this chunk.
                    self.hash = Sha256::new();
                    self.place = Place::Data { left, signature };
                    if left == 0 {
                        self.end_chunk()?;
                        self.place = Place::Trailer { lines: String::new() };
                    }
                }
                Place::Data { left: 0, signature } => {
                    self.place = Place::Data { left: 0, signature };
                    self.end_chunk()?;
                }
                Place::Data { left, signature } => {
                    if self.pending.is_empty() {
                        let more = self.receive().await?.ok_or_else(S3Error::incomplete_body)?;
                        self.pending.extend_from_slice(&more);
                    }
                    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(self.pending.len());
                    self.place = Place::Data { left: left - taken as u64, signature };
                    return Ok(Some(self.pending.split_to(taken).freeze()));
                }
                Place::DataEnd => {
                    if !self.line().await?.is_empty() {
                        return Err(S3Error::incomplete_body());
                    }
                    self.place = Place::Head;
                }
                Place::Trailer { lines } => self.end_trailer(lines).await?,
                Place::End => return Ok(None),
            }
        }
    }

    /// Checks the chunk that was read.
    fn end_chunk(&mut self) -> S3Result<()> {
        let Place::Data { signature, .. } = mem::replace(&mut self.place, Place::DataEnd) else { return Ok(()) };
        let hash = self.hash.clone().finalize();
        let is_right = self.chunks.as_mut().is_none_or(|chunks| chunks.check_chunk(&hash, &signature));
        if is_right { Ok(()) } else { Err(S3Error::wrong_chunk()) }
    }

    /// Reads a line behind the last chunk; the empty one ends the body.
    async fn end_trailer(&mut self, mut lines: String) -> S3Result<()> {
        let line = self.line().await?;
        if line.is_empty() {
            return Ok(());
        }
        if let Some(signature) = line.strip_prefix("x-amz-trailer-signature:") {
            if self.chunks.as_mut().is_some_and(|chunks| !chunks.check_trailer(&lines, signature.trim())) {
                return Err(S3Error::wrong_chunk());
            }
        } else if lines.len() + line.len() > MAX_LINE_BYTES {
            return Err(S3Error::incomplete_body());
        } else {
            lines.push_str(&line);
            lines.push('\n');
        }
        self.place = Place::Trailer { lines };
        Ok(())
    }

    /// A line without its end.
    async fn line(&mut self) -> S3Result<String> {
        loop {
            if let Some(end) = self.pending.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.pending.split_to(end);
                self.pending.advance(2);
                return String::from_utf8(line.to_vec()).map_err(|_| S3Error::incomplete_body());
            }
            if self.pending.len() > MAX_LINE_BYTES {
                return Err(S3Error::incomplete_body());
            }
            match self.receive().await? {
                Some(more) => self.pending.extend_from_slice(&more),
                // Some clients leave out the last empty line.
                None if self.pending.is_empty() && matches!(self.place, Place::End) => return Ok(String::new()),
                None => return Err(S3Error::incomplete_body()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    async fn read(text: &'static str, length: &'static str) -> S3Result<Vec<u8>> {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("x-amz-decoded-content-length"),
            HeaderValue::from_static(length),
        )]);
        // Byte by byte, so that every border is met.
        let pieces = text.as_bytes().chunks(1).map(|byte| Ok::<_, std::io::Error>(Bytes::from_static(byte)));
        let body = Body::from_stream(futures::stream::iter(pieces.collect::<Vec<_>>()));
        let protection = Protection { payload: S3Payload::Chunks { signed: false }, chunks: None };
        BodyReader::new(body, &headers, protection)?.all(1000).await
    }

    #[tokio::test]
    async fn chunks_are_put_together() {
        let text = "5\r\nhello\r\nA\r\n, world\r\n!\r\n0\r\nx-amz-checksum-crc32:sOO8/Q==\r\n\r\n";
        assert_eq!(read(text, "15").await.unwrap(), b"hello, world\r\n!");
        assert_eq!(read("0\r\n\r\n", "0").await.unwrap(), b"");
    }

    #[tokio::test]
    async fn what_is_cut_off_is_refused() {
        for text in ["5\r\nhel", "5\r\nhello\r\n", "5\r\nhello", "zz\r\nhello\r\n0\r\n\r\n", "5\r\nhelloo\r\n0\r\n\r\n"]
        {
            assert_eq!(read(text, "5").await.unwrap_err().code(), "IncompleteBody", "{text:?}");
        }
        assert_eq!(read("2\r\nhi\r\n0\r\n\r\n", "3").await.unwrap_err().code(), "IncompleteBody");
    }
}
