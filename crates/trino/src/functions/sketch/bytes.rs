//! Sketches as bytes that come from elsewhere.

use super::{qdigest::QDigest, registers::Registers, tdigest::TDigest};
use crate::TrinoType;

/// Whether bytes are a sketch of this type.
pub(in crate::functions) fn is_sketch(bytes: &[u8], of: &TrinoType) -> bool {
    match of {
        TrinoType::HyperLogLog => Registers::from_bytes(bytes).is_some(),
        TrinoType::TDigest => TDigest::from_bytes(bytes).is_some(),
        TrinoType::QDigest(_) => QDigest::from_bytes(bytes).is_some(),
        _ => false,
    }
}
