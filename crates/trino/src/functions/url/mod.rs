//! Parts of URLs, and UUIDs. What is no URL has no parts: they are NULL.

mod address;
mod encode;
mod extract;

use std::sync::Arc;

use arrow::array::{ArrayRef, FixedSizeBinaryArray};
use datafusion::error::Result;

use super::scalar::{Call, Scalar};

const PART: &[&str] = &["varchar(x) -> varchar(x)"];

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::of("url_extract_protocol", PART, "The scheme; empty if there is none.", extract::protocol),
    Scalar::of("url_extract_host", PART, "The host; empty if there is none.", extract::host),
    Scalar::of("url_extract_port", &["varchar -> bigint"], "The port; NULL if there is none.", extract::port),
    Scalar::of("url_extract_path", PART, "The path; empty if there is none.", extract::path),
    Scalar::of("url_extract_query", PART, "The query; empty if there is none.", extract::query),
    Scalar::of("url_extract_fragment", PART, "The fragment; empty if there is none.", extract::fragment),
    Scalar::of(
        "url_extract_parameter",
        &["varchar(x), varchar -> varchar(x)"],
        "The first value of a parameter of the query; NULL if there is none.",
        extract::parameter,
    ),
    Scalar::of("url_encode", &["varchar -> varchar"], "Escaped as the value of a form's field.", encode::url_encode),
    Scalar::of("url_decode", PART, "The opposite of url_encode.", encode::url_decode),
    Scalar::of("uuid", &["-> uuid"], "A random UUID of version 4.", uuid).volatile(),
];

fn uuid(call: &Call) -> Result<ArrayRef> {
    let uuids = (0..call.rows).map(|_| uuid::Uuid::new_v4().into_bytes());
    Ok(match call.rows {
        0 => arrow::array::new_empty_array(&call.types.result.data_type()),
        _ => Arc::new(FixedSizeBinaryArray::try_from_iter(uuids)?),
    })
}
