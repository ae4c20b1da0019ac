//! The frame around Segue's nodes on the wire.

use datafusion::error::{DataFusionError, Result};
use serde::{Serialize, de::DeserializeOwned};

/// No protobuf message begins with it: `S` would be the start of a group, which proto3 does not have.
const MAGIC: &[u8] = b"SEGUE/2\n";

/// Whether these bytes are Segue's.
pub(crate) fn is_ours(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

pub(crate) fn seal<T: Serialize>(node: &T, into: &mut Vec<u8>) -> Result<()> {
    into.extend_from_slice(MAGIC);
    serde_json::to_writer(into, node)
        .map_err(|error| DataFusionError::Internal(format!("cannot encode a node: {error}")))
}

pub(crate) fn open<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let body = bytes.get(MAGIC.len()..).unwrap_or_default();
    serde_json::from_slice(body).map_err(|error| {
        DataFusionError::Internal(format!(
            "cannot decode a node, as scheduler, executors and client are of different versions: {error}"
        ))
    })
}
