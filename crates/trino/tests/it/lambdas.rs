//! Calls with lambdas over columns, here and after a way over the wire.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, Int64Array, ListArray, RecordBatch},
        datatypes::{Int64Type, SchemaRef},
        util::pretty::pretty_format_columns,
    },
    catalog::TableProvider,
    common::TableReference,
    error::Result,
    execution::TaskContext,
    logical_expr::{Extension, LogicalPlan, ScalarUDF, col},
    physical_plan::{ExecutionPlan, collect},
    prelude::{DataFrame, SessionContext},
};
use datafusion_proto::{
    bytes::{physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec},
    logical_plan::{LogicalExtensionCodec, from_proto::parse_expr, to_proto::serialize_expr},
    physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension},
};
use trino::functions::codec;

use crate::lambda_calls::planned;

/// Writes functions with lambdas and nothing else.
#[derive(Debug)]
struct Codec;

impl LogicalExtensionCodec for Codec {
    fn try_decode(&self, _: &[u8], _: &[LogicalPlan], _: &TaskContext) -> Result<Extension> {
        unreachable!("no extension")
    }

    fn try_encode(&self, _: &Extension, _: &mut Vec<u8>) -> Result<()> {
        unreachable!("no extension")
    }

    fn try_decode_table_provider(
        &self,
        _: &[u8],
        _: &TableReference,
        _: SchemaRef,
        _: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        unreachable!("no table")
    }

    fn try_encode_table_provider(&self, _: &TableReference, _: Arc<dyn TableProvider>, _: &mut Vec<u8>) -> Result<()> {
        unreachable!("no table")
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        codec::decode_scalar(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, into: &mut Vec<u8>) -> Result<()> {
        codec::encode_scalar(function, into)
    }
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        _: &[u8],
        _: &[Arc<dyn ExecutionPlan>],
        _: &TaskContext,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        unreachable!("no operator")
    }

    fn try_encode(
        &self,
        _: Arc<dyn ExecutionPlan>,
        _: &mut Vec<u8>,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        unreachable!("no operator")
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        codec::decode_scalar(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, into: &mut Vec<u8>) -> Result<()> {
        codec::encode_scalar(function, into)
    }
}

/// `a` is [1, 2], [], NULL, [3, NULL]; `b` is 10, 20, 30, 40; more columns stand around them.
fn table(context: &SessionContext) -> Result<DataFrame> {
    let lists: Vec<Option<Vec<Option<i64>>>> =
        vec![Some(vec![Some(1), Some(2)]), Some(vec![]), None, Some(vec![Some(3), None])];
    let unused: ArrayRef = Arc::new(Int64Array::from(vec![0; 4]));
    let batch = RecordBatch::try_from_iter_with_nullable(vec![
        ("w", Arc::clone(&unused), true),
        ("b", Arc::new(Int64Array::from(vec![10, 20, 30, 40])), true),
        ("x", unused, true),
        ("a", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists)), true),
    ])?;
    context.read_batch(batch)
}

#[track_caller]
fn check(expression: &str, expected: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let context = SessionContext::new();
        let frame = table(&context).unwrap();
        let expr = planned(&context, expression, frame.schema()).unwrap();
        let wired = serialize_expr(&expr, &Codec).unwrap();
        let back = parse_expr(&wired, &context.task_ctx(), &Codec).unwrap();
        assert_eq!(back, expr, "the logical expression is the same after its way");

        let plan = frame.select(vec![col("b"), expr.alias("value")]).unwrap().create_physical_plan().await.unwrap();
        let bytes = physical_plan_to_bytes_with_extension_codec(Arc::clone(&plan), &Codec).unwrap();
        let sent = physical_plan_from_bytes_with_extension_codec(&bytes, context.task_ctx().as_ref(), &Codec).unwrap();
        for plan in [plan, sent] {
            let batches = collect(plan, context.task_ctx()).await.unwrap();
            let shown = pretty_format_columns(
                "value",
                &batches.iter().map(|batch| Arc::clone(batch.column(1))).collect::<Vec<_>>(),
            );
            let shown = shown.unwrap().to_string();
            let values: Vec<_> =
                shown.lines().skip(3).filter_map(|line| line.split('|').nth(1)).map(str::trim).collect();
            assert_eq!(values.join(" ; "), expected, "{expression}");
        }
    });
}

#[test]
fn a_lambda_captures_columns() {
    check("transform(a, e -> e + b)", "[11, 12] ; [] ;  ; [43, ]");
}

#[test]
fn a_lambda_within_another_captures_its_parameters() {
    check(
        "transform(a, e -> transform(a, f -> e * 100 + f + b))",
        "[[111, 112], [211, 212]] ; [] ;  ; [[343, ], [, ]]",
    );
}

#[test]
fn a_parameter_hides_a_column_of_its_name() {
    check("filter(a, x -> x > 1)", "[2] ; [] ;  ; [3]");
}

#[test]
fn two_lambdas_capture_the_same_column() {
    check("reduce(a, b, (s, e) -> s + coalesce(e, b), s -> s - b)", "3 ; 0 ;  ; 43");
}

#[test]
fn lambdas_of_one_function_are_different_columns() {
    let context = SessionContext::new();
    let frame = table(&context).unwrap();
    let one = planned(&context, "transform(a, e -> e + 1)", frame.schema()).unwrap();
    let two = planned(&context, "transform(a, e -> e + 2)", frame.schema()).unwrap();
    assert_ne!(one, two);
    assert!(frame.select(vec![one, two]).is_ok(), "their names differ");
}
