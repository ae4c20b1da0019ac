//! Signature Version 4, as the receiving side checks it.
//!
//! Source: "Create a signed AWS API request", AWS General Reference, and for S3's presigned and chunked forms
//! "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.

mod authorization;
mod canonical;
mod chunks;
mod credentials;
mod s3;
mod verify;

pub use chunks::ChunkSignatures;
pub use credentials::{Credentials, Key, Permission};
pub use s3::{S3Payload, S3Signature, verify_s3};
pub use verify::{Request, verify};
