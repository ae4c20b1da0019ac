//! Functions on bytes: digests, encodings, numbers as bytes.

mod base32;
mod digest;
mod encoding;
mod murmur;
mod number;
mod spooky;

use super::scalar::Scalar;

const DIGEST: &[&str] = &["varbinary -> varbinary"];
const KEYED: &[&str] = &["varbinary, varbinary -> varbinary"];
const TO_TEXT: &[&str] = &["varbinary -> varchar"];
const FROM_TEXT: &[&str] = &["varchar -> varbinary", "varbinary -> varbinary"];

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::of("md5", DIGEST, "The MD5 digest.", digest::md5),
    Scalar::of("sha1", DIGEST, "The SHA-1 digest.", digest::sha1),
    Scalar::of("sha256", DIGEST, "The SHA-256 digest.", digest::sha256),
    Scalar::of("sha512", DIGEST, "The SHA-512 digest.", digest::sha512),
    Scalar::of("hmac_md5", KEYED, "HMAC with MD5 of bytes under a key.", digest::hmac_md5),
    Scalar::of("hmac_sha1", KEYED, "HMAC with SHA-1 of bytes under a key.", digest::hmac_sha1),
    Scalar::of("hmac_sha256", KEYED, "HMAC with SHA-256 of bytes under a key.", digest::hmac_sha256),
    Scalar::of("hmac_sha512", KEYED, "HMAC with SHA-512 of bytes under a key.", digest::hmac_sha512),
    Scalar::of("crc32", &["varbinary -> bigint"], "The CRC-32 checksum.", digest::crc32),
    Scalar::of("xxhash64", DIGEST, "The xxHash64 of seed 0, 8 bytes.", digest::xxhash64),
    Scalar::of("murmur3", DIGEST, "The 128-bit MurmurHash3 for x64 of seed 0, 16 bytes.", murmur::murmur3),
    Scalar::of("spooky_hash_v2_32", DIGEST, "The 32-bit SpookyHashV2 of seed 0, 4 bytes.", spooky::spooky_hash_v2_32),
    Scalar::of("spooky_hash_v2_64", DIGEST, "The 64-bit SpookyHashV2 of seed 0, 8 bytes.", spooky::spooky_hash_v2_64),
    Scalar::of("to_hex", TO_TEXT, "Two capital hexadecimal digits a byte.", encoding::to_hex),
    Scalar::of("from_hex", FROM_TEXT, "Bytes from hexadecimal digits of either case.", encoding::from_hex),
    Scalar::of("to_base64", TO_TEXT, "Base64 with padding.", encoding::to_base64),
    Scalar::of("from_base64", FROM_TEXT, "Bytes from base64, padded or not.", encoding::from_base64),
    Scalar::of("to_base64url", TO_TEXT, "Base64 of the alphabet for URLs, with padding.", encoding::to_base64url),
    Scalar::of("from_base64url", FROM_TEXT, "Bytes from base64 of the alphabet for URLs.", encoding::from_base64url),
    Scalar::of("to_base32", TO_TEXT, "Base32 with padding.", base32::to_base32),
    Scalar::of("from_base32", FROM_TEXT, "Bytes from base32.", base32::from_base32),
    Scalar::of("to_big_endian_32", &["integer -> varbinary"], "An integer as 4 bytes.", number::to_big_endian_32),
    Scalar::of("from_big_endian_32", &["varbinary -> integer"], "An integer from 4 bytes.", number::from_big_endian_32),
    Scalar::of("to_big_endian_64", &["bigint -> varbinary"], "An integer as 8 bytes.", number::to_big_endian_64),
    Scalar::of("from_big_endian_64", &["varbinary -> bigint"], "An integer from 8 bytes.", number::from_big_endian_64),
    Scalar::of("to_ieee754_32", &["real -> varbinary"], "A number as 4 bytes, big end first.", number::to_ieee754_32),
    Scalar::of("from_ieee754_32", &["varbinary -> real"], "A number from 4 bytes.", number::from_ieee754_32),
    Scalar::of("to_ieee754_64", &["double -> varbinary"], "A number as 8 bytes, big end first.", number::to_ieee754_64),
    Scalar::of("from_ieee754_64", &["varbinary -> double"], "A number from 8 bytes.", number::from_ieee754_64),
];
