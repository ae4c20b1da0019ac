//! The columns of no rows.

use std::sync::Arc;

use datafusion::{
    common::{DFSchema, DFSchemaRef, internal_datafusion_err},
    error::Result,
};
use datafusion_proto::protobuf;
use prost::Message;

pub(super) fn encode(schema: &DFSchemaRef) -> Result<Vec<u8>> {
    let schema: protobuf::DfSchema = schema.try_into()?;
    Ok(schema.encode_to_vec())
}

pub(super) fn decode(bytes: &[u8]) -> Result<DFSchemaRef> {
    let schema = protobuf::DfSchema::decode(bytes)
        .map_err(|error| internal_datafusion_err!("cannot decode columns: {error}"))?;
    Ok(Arc::new(DFSchema::try_from(&schema)?))
}
