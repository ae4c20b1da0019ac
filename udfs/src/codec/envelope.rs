//! The frame around Segue's nodes on the wire.

use datafusion::error::{DataFusionError, Result};
use serde::{Serialize, de::DeserializeOwned};

/// No protobuf message begins with it: `S` would be the start of a group, which proto3 does not have.
const MAGIC: &[u8] = b"SEGUE/3\n";
/// What the marks of all versions begin with.
const OF_ANY_VERSION: &[u8] = b"SEGUE/";

/// Whether these bytes are Segue's, of this version or another.
pub(crate) fn is_ours(bytes: &[u8]) -> bool {
    bytes.starts_with(OF_ANY_VERSION)
}

pub(crate) fn seal<T: Serialize>(node: &T, into: &mut Vec<u8>) -> Result<()> {
    into.extend_from_slice(MAGIC);
    serde_json::to_writer(into, node)
        .map_err(|error| DataFusionError::Internal(format!("cannot encode a node: {error}")))
}

pub(crate) fn open<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let refused = |reason: String| {
        let what = "cannot decode a node, as scheduler, executors and client are of different versions";
        DataFusionError::Internal(format!("{what}: {reason}"))
    };
    let Some(body) = bytes.strip_prefix(MAGIC) else { return Err(refused("it has another mark".to_owned())) };
    serde_json::from_slice(body).map_err(|error| refused(error.to_string()))
}
