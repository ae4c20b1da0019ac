//! Bodies that are signed piece by piece, each signature building on the one before.

use hmac::Mac;
use sha2::{Digest, Sha256};

use super::verify::{hex, mac, unhex};

/// Checks the signatures of the chunks of one body, in their order.
#[derive(Clone)]
pub struct ChunkSignatures {
    pub(super) signing_key: Vec<u8>,
    pub(super) date: String,
    pub(super) scope: String,
    pub(super) previous: String,
}

impl std::fmt::Debug for ChunkSignatures {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ChunkSignatures").field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl ChunkSignatures {
    /// Whether the next chunk, of this SHA-256, has the right signature.
    pub fn check_chunk(&mut self, sha256: &[u8], signature: &str) -> bool {
        let Self { date, scope, previous, .. } = self;
        let nothing = hex(&Sha256::digest(b""));
        let to_sign = format!("AWS4-HMAC-SHA256-PAYLOAD\n{date}\n{scope}\n{previous}\n{nothing}\n{}", hex(sha256));
        self.check(&to_sign, signature)
    }

    /// Whether the headers behind the last chunk, each `name:value` and a line feed, have the right signature.
    pub fn check_trailer(&mut self, trailer: &str, signature: &str) -> bool {
        let Self { date, scope, previous, .. } = self;
        let hash = hex(&Sha256::digest(trailer));
        let to_sign = format!("AWS4-HMAC-SHA256-TRAILER\n{date}\n{scope}\n{previous}\n{hash}");
        self.check(&to_sign, signature)
    }

    fn check(&mut self, to_sign: &str, signature: &str) -> bool {
        let Some(offered) = unhex(signature) else { return false };
        let holds = mac(&self.signing_key, to_sign).verify_slice(&offered).is_ok();
        signature.clone_into(&mut self.previous);
        holds
    }
}
