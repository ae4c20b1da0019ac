//! Digests and checksums.

use arrow::array::{ArrayRef, BinaryArray, Int64Array};
use datafusion::error::Result;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use twox_hash::XxHash64;

use crate::{ErrorName, functions::scalar::Call};

fn digest<D: Digest>(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, BinaryArray>(|bytes| Ok(Some(D::digest(bytes))))
}

fn keyed<M: Mac + KeyInit>(call: &Call) -> Result<ArrayRef> {
    call.map2::<BinaryArray, BinaryArray, _, BinaryArray>(|bytes, key| {
        let bad = |_| ErrorName::InvalidFunctionArgument.error("the key of the digest has an unfit length");
        let mut mac = <M as KeyInit>::new_from_slice(key).map_err(bad)?;
        mac.update(bytes);
        Ok(Some(mac.finalize().into_bytes().to_vec()))
    })
}

pub(super) fn md5(call: &Call) -> Result<ArrayRef> {
    digest::<Md5>(call)
}

pub(super) fn sha1(call: &Call) -> Result<ArrayRef> {
    digest::<Sha1>(call)
}

pub(super) fn sha256(call: &Call) -> Result<ArrayRef> {
    digest::<Sha256>(call)
}

pub(super) fn sha512(call: &Call) -> Result<ArrayRef> {
    digest::<Sha512>(call)
}

pub(super) fn hmac_md5(call: &Call) -> Result<ArrayRef> {
    keyed::<Hmac<Md5>>(call)
}

pub(super) fn hmac_sha1(call: &Call) -> Result<ArrayRef> {
    keyed::<Hmac<Sha1>>(call)
}

pub(super) fn hmac_sha256(call: &Call) -> Result<ArrayRef> {
    keyed::<Hmac<Sha256>>(call)
}

pub(super) fn hmac_sha512(call: &Call) -> Result<ArrayRef> {
    keyed::<Hmac<Sha512>>(call)
}

pub(super) fn crc32(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, Int64Array>(|bytes| Ok(Some(i64::from(crc32fast::hash(bytes)))))
}

pub(super) fn xxhash64(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, BinaryArray>(|bytes| Ok(Some(XxHash64::oneshot(0, bytes).to_be_bytes())))
}
