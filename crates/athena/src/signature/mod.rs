//! Signature Version 4, as the receiving side checks it.
//!
//! Source: "Create a signed AWS API request", AWS General Reference. Only the header form is accepted; S3's presigned
//! and chunked forms are the S3 library's.

mod authorization;
mod canonical;
mod credentials;
mod verify;

pub use credentials::{Credentials, Key, Permission};
pub use verify::{Request, verify};
