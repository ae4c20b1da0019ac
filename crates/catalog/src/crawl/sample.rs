//! The head of a file, decompressed.

use std::io::Read;

use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use crate::Result;

/// Bytes of a file that are read.
const HEAD_BYTES: u64 = 256 * 1024;
/// Bytes that these may become.
const MAX_PLAIN_BYTES: u64 = 4 * 1024 * 1024;

/// How a file is compressed, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

/// The name of a file without what tells its compression.
pub(super) fn plain_name(name: &str) -> (&str, Compression) {
    let ends = [(".gz", Compression::Gzip), (".zst", Compression::Zstd), (".zstd", Compression::Zstd)];
    for (end, compression) in ends {
        if let Some(plain) = name.strip_suffix(end) {
            return (plain, compression);
        }
    }
    (name, Compression::None)
}

/// The beginning of a file, decompressed, and whether it is the whole file.
pub(super) async fn head(store: &dyn ObjectStore, file: &ObjectMeta) -> Result<(Vec<u8>, bool)> {
    let end = file.size.min(HEAD_BYTES);
    let bytes = store.get_range(&file.location, 0..end).await?;
    let (_, compression) = plain_name(file.location.as_ref());
    let is_whole = end == file.size;
    let mut plain = Vec::new();
    let unpacked = match compression {
        Compression::None => return Ok((bytes.to_vec(), is_whole)),
        Compression::Gzip => {
            flate2::read::MultiGzDecoder::new(bytes.as_ref()).take(MAX_PLAIN_BYTES).read_to_end(&mut plain)
        }
        Compression::Zstd => match zstd::Decoder::new(bytes.as_ref()) {
            Ok(decoder) => decoder.take(MAX_PLAIN_BYTES).read_to_end(&mut plain),
            Err(error) => Err(error),
        },
    };
    // The end of a part of a file is missing; what came before it was decompressed.
    let is_whole = is_whole && unpacked.is_ok() && (plain.len() as u64) < MAX_PLAIN_BYTES;
    Ok((plain, is_whole))
}

/// The complete lines of a head.
pub(super) fn lines(head: &[u8], is_whole: bool) -> Vec<&str> {
    let end = if is_whole { head.len() } else { head.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
    let text = match std::str::from_utf8(&head[..end]) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    text.lines().filter(|line| !line.is_empty()).collect()
}
