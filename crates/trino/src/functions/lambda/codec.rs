//! Calls with lambdas on the wire.
//!
//! What stands behind the name of the function, as messages of DataFusion's with their lengths before them: the schema
//! of what is captured, then for each argument nothing for a value, or for a lambda the schema of its parameters and
//! its body.

use std::sync::{Arc, OnceLock};

use arrow::datatypes::{FieldRef, Schema};
use datafusion::{
    common::{internal_datafusion_err, internal_err},
    error::{DataFusionError, Result},
    execution::{SessionStateBuilder, TaskContext},
    logical_expr::{Extension, LogicalPlan, ScalarUDF},
};
use datafusion_proto::{
    logical_plan::{LogicalExtensionCodec, from_proto::parse_expr, to_proto::serialize_expr},
    protobuf,
};
use prost::Message;

use super::{
    ALL,
    body::Body,
    function::{Closure, Part},
};
use crate::functions::{PREFIX, functions};

const VALUE: u8 = 0;
const LAMBDA: u8 = 1;

/// Writes a function if it is a call with lambdas, and says whether it is one.
///
/// # Errors
/// If a body has something that DataFusion cannot write.
pub fn encode(function: &ScalarUDF, into: &mut Vec<u8>) -> Result<bool> {
    let Some(closure) = function.inner().downcast_ref::<Closure>() else { return Ok(false) };
    encode_fields(closure.captured(), into)?;
    for part in closure.parts() {
        match part {
            Part::Value => into.push(VALUE),
            Part::Lambda(body) => {
                into.push(LAMBDA);
                encode_fields(body.parameters(), into)?;
                into.extend(serialize_expr(body.expr(), &BodyCodec)?.encode_length_delimited_to_vec());
            }
        }
    }
    Ok(true)
}

/// Reads what [`encode`] wrote for a function of this name.
///
/// # Errors
/// If these are not such bytes.
pub fn decode(name: &str, mut bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
    let bare = name.strip_prefix(PREFIX).unwrap_or(name);
    let Some(function) = ALL.iter().find(|function| function.name == bare) else {
        return internal_err!("there is no function {name} that takes lambdas");
    };
    let captured = decode_fields(&mut bytes)?;
    let mut parts = Vec::new();
    while let Some((&kind, rest)) = bytes.split_first() {
        bytes = rest;
        parts.push(match kind {
            VALUE => Part::Value,
            LAMBDA => {
                let parameters = decode_fields(&mut bytes)?;
                let node = protobuf::LogicalExprNode::decode_length_delimited(&mut bytes).map_err(broken)?;
                let expr = parse_expr(&node, context(), &BodyCodec)?;
                Part::Lambda(Arc::new(Body::try_new(parameters, &captured, expr)?))
            }
            other => return internal_err!("a lambda of {name} came as a thing of kind {other}"),
        });
    }
    Ok(Arc::new(ScalarUDF::from(Closure::new(function, parts, captured))))
}

fn broken(error: prost::DecodeError) -> DataFusionError {
    internal_datafusion_err!("cannot decode a lambda: {error}")
}

fn encode_fields(fields: &[FieldRef], into: &mut Vec<u8>) -> Result<()> {
    let schema: protobuf::Schema = (&Schema::new(fields.to_vec())).try_into()?;
    into.extend(schema.encode_length_delimited_to_vec());
    Ok(())
}

fn decode_fields(bytes: &mut &[u8]) -> Result<Vec<FieldRef>> {
    let schema = protobuf::Schema::decode_length_delimited(bytes).map_err(broken)?;
    Ok(Schema::try_from(&schema)?.fields().iter().map(Arc::clone).collect())
}

/// What a body may name: DataFusion's functions and Trino's.
fn context() -> &'static TaskContext {
    static CONTEXT: OnceLock<Arc<TaskContext>> = OnceLock::new();
    CONTEXT.get_or_init(|| {
        let mut state = SessionStateBuilder::new().with_default_features();
        state.scalar_functions().get_or_insert_default().extend(functions().scalar);
        Arc::new(TaskContext::from(&state.build()))
    })
}

/// Bodies may have calls with lambdas in them, and nothing else that is not DataFusion's.
#[derive(Debug)]
struct BodyCodec;

impl LogicalExtensionCodec for BodyCodec {
    fn try_decode(&self, _: &[u8], _: &[LogicalPlan], _: &TaskContext) -> Result<Extension> {
        internal_err!("a lambda has no plan in it")
    }

    fn try_encode(&self, _: &Extension, _: &mut Vec<u8>) -> Result<()> {
        internal_err!("a lambda has no plan in it")
    }

    fn try_decode_table_provider(
        &self,
        _: &[u8],
        _: &datafusion::common::TableReference,
        _: arrow::datatypes::SchemaRef,
        _: &TaskContext,
    ) -> Result<Arc<dyn datafusion::catalog::TableProvider>> {
        internal_err!("a lambda has no table in it")
    }

    fn try_encode_table_provider(
        &self,
        _: &datafusion::common::TableReference,
        _: Arc<dyn datafusion::catalog::TableProvider>,
        _: &mut Vec<u8>,
    ) -> Result<()> {
        internal_err!("a lambda has no table in it")
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, into: &mut Vec<u8>) -> Result<()> {
        encode(function, into).map(|_| ())
    }
}
