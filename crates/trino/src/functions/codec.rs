//! Functions on the wire.
//!
//! A function travels by its name, unless it carries something: the types that it is bound to, or lambdas. Then what it
//! carries stands behind the name, as messages of DataFusion's with their lengths before them:
//!
//! - `BOUND`, the schema of its arguments and its result, and if it has lambdas what stands for these;
//! - `LAMBDAS`, the schema of what they capture, then for each argument nothing for a value, or for a lambda the schema
//!   of its parameters and its body,
//! - `REDUCE`, the schema of a state, then for both lambdas of `reduce_agg` the schema of the parameters and the body.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use arrow::datatypes::{FieldRef, Schema};
use datafusion::{
    common::{internal_datafusion_err, internal_err},
    error::{DataFusionError, Result},
    execution::{SessionStateBuilder, TaskContext},
    logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF},
};
use datafusion_proto::{
    logical_plan::{LogicalExtensionCodec, from_proto::parse_expr, to_proto::serialize_expr},
    protobuf,
};
use prost::Message;

use super::{
    PREFIX,
    bound::{Bound, Types},
    define::aggregate,
    functions,
    lambda::{ALL, Body, Closure, Part, ReduceAgg},
};

const BOUND: u8 = 1;
const LAMBDAS: u8 = 2;
const REDUCE: u8 = 3;

const VALUE: u8 = 0;
const LAMBDA: u8 = 1;

/// Writes what a function carries; nothing if its name says it all.
///
/// # Errors
/// If the body of a lambda has something that DataFusion cannot write.
pub fn encode_scalar(function: &ScalarUDF, into: &mut Vec<u8>) -> Result<()> {
    if let Some(bound) = function.inner().downcast_ref::<Bound>() {
        into.push(BOUND);
        encode_fields(bound.types.fields(), into)?;
        return encode_scalar(&bound.function, into);
    }
    let Some(closure) = function.inner().downcast_ref::<Closure>() else { return Ok(()) };
    into.push(LAMBDAS);
    encode_fields(closure.captured(), into)?;
    for part in closure.parts() {
        match part {
            Part::Value => into.push(VALUE),
            Part::Lambda(body) => {
                into.push(LAMBDA);
                encode_body(body, into)?;
            }
        }
    }
    Ok(())
}

/// Reads what [`encode_scalar`] wrote for a function of this name.
///
/// # Errors
/// If these are not such bytes.
pub fn decode_scalar(name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
    match bytes.split_first() {
        Some((&BOUND, mut rest)) => {
            let types = decode_types(&mut rest)?;
            let function = if rest.is_empty() { named(name)? } else { decode_scalar(name, rest)? };
            Ok(Arc::new(ScalarUDF::from(Bound { function, types })))
        }
        Some((&LAMBDAS, rest)) => decode_lambdas(name, rest),
        _ => internal_err!("{name} came with bytes that are none of Trino's functions"),
    }
}

/// Writes what a function of groups carries; nothing if its name says it all.
///
/// # Errors
/// If its types cannot be written.
pub fn encode_aggregate(function: &AggregateUDF, into: &mut Vec<u8>) -> Result<()> {
    if let Some(reduce) = function.inner().downcast_ref::<ReduceAgg>() {
        into.push(REDUCE);
        encode_fields([&reduce.state()], into)?;
        return reduce.bodies().into_iter().try_for_each(|body| encode_body(body, into));
    }
    match aggregate::types(function) {
        Some(types) => {
            into.push(BOUND);
            encode_fields(types.fields(), into)
        }
        None => Ok(()),
    }
}

/// Reads what [`encode_aggregate`] wrote for a function of this name.
///
/// # Errors
/// If these are not such bytes.
pub fn decode_aggregate(name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
    static KNOWN: OnceLock<HashMap<String, Arc<AggregateUDF>>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        functions().aggregate.into_iter().map(|function| (function.name().to_owned(), function)).collect()
    });
    if let Some((&REDUCE, rest)) = bytes.split_first() {
        return decode_reduce(rest);
    }
    match (bytes.split_first(), known.get(name)) {
        (Some((&BOUND, mut rest)), Some(function)) => {
            let types = decode_types(&mut rest)?;
            Ok(aggregate::bind_types(function, types))
        }
        _ => internal_err!("{name} came with bytes that are none of Trino's functions of groups"),
    }
}

/// A function that carries nothing.
fn named(name: &str) -> Result<Arc<ScalarUDF>> {
    static KNOWN: OnceLock<HashMap<String, Arc<ScalarUDF>>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        functions().scalar.into_iter().map(|function| (function.name().to_owned(), function)).collect()
    });
    known.get(name).cloned().ok_or_else(|| internal_datafusion_err!("there is no function {name}"))
}

fn decode_lambdas(name: &str, mut bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
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
            LAMBDA => Part::Lambda(decode_body(&mut bytes, &captured)?),
            other => return internal_err!("a lambda of {name} came as a thing of kind {other}"),
        });
    }
    Ok(Arc::new(ScalarUDF::from(Closure::new(function, parts, captured))))
}

fn decode_reduce(mut bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
    let state = decode_fields(&mut bytes)?.pop();
    let state = state.ok_or_else(|| internal_datafusion_err!("reduce_agg came without the type of its states"))?;
    let (input, combine) = (decode_body(&mut bytes, &[])?, decode_body(&mut bytes, &[])?);
    Ok(ReduceAgg::of(input, combine, state.data_type().clone()))
}

fn encode_body(body: &Body, into: &mut Vec<u8>) -> Result<()> {
    encode_fields(body.parameters(), into)?;
    into.extend(serialize_expr(body.expr(), &BodyCodec)?.encode_length_delimited_to_vec());
    Ok(())
}

fn decode_body(bytes: &mut &[u8], captured: &[FieldRef]) -> Result<Arc<Body>> {
    let parameters = decode_fields(bytes)?;
    let node = protobuf::LogicalExprNode::decode_length_delimited(bytes).map_err(broken)?;
    let expr = parse_expr(&node, context(), &BodyCodec)?;
    Ok(Arc::new(Body::try_new(parameters, captured, expr)?))
}

fn decode_types(bytes: &mut &[u8]) -> Result<Types> {
    Types::of_fields(decode_fields(bytes)?).ok_or_else(|| internal_datafusion_err!("a function came without types"))
}

fn broken(error: prost::DecodeError) -> DataFusionError {
    internal_datafusion_err!("cannot decode a function: {error}")
}

fn encode_fields<'f>(fields: impl IntoIterator<Item = &'f FieldRef>, into: &mut Vec<u8>) -> Result<()> {
    let fields: Vec<FieldRef> = fields.into_iter().map(Arc::clone).collect();
    let schema: protobuf::Schema = (&Schema::new(fields)).try_into()?;
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
        decode_scalar(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, into: &mut Vec<u8>) -> Result<()> {
        encode_scalar(function, into)
    }
}
