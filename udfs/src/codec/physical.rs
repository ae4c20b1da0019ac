//! Physical plans: Segue's scan and operators.

use std::sync::Arc;

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::{
    common::{internal_err, not_impl_err},
    datasource::source::DataSourceExec,
    error::Result,
    execution::TaskContext,
    logical_expr::{AggregateUDF, ScalarUDF, WindowUDF},
    physical_plan::{ExecutionPlan, recursive_query::RecursiveQueryExec},
};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use serde::{Deserialize, Serialize};
use trino::functions::codec;

use super::{envelope, row_scan::RowScanNode, slice_scan::SliceScanNode};
use crate::functions::TravellingWindow;
use crate::operators::{
    CommitExec, CommitSpec, CompressedScanExec, FoldedNamesExec, ParquetWriteExec, WriteTarget,
    cooccurrence::{CooccurrenceEncodeExec, CooccurrenceExec, CooccurrenceSpec},
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PlanNode {
    SliceScan(SliceScanNode),
    ParquetWrite(WriteTarget),
    Commit(CommitSpec),
    CooccurrenceEncode,
    Cooccurrence(CooccurrenceSpec),
    /// With the name of the compression, as `DataFusion` spells it.
    CompressedScan(String),
    RowScan(RowScanNode),
    FoldedNames,
}

/// Codec for physical plans with Segue's scan and operators.
#[derive(Debug, Default)]
pub struct SeguePhysicalCodec {
    ballista: BallistaPhysicalExtensionCodec,
}

impl PhysicalExtensionCodec for SeguePhysicalCodec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if !envelope::is_ours(bytes) {
            return self.ballista.try_decode(bytes, inputs, context, converter);
        }
        match (envelope::open(bytes)?, inputs) {
            (PlanNode::SliceScan(scan), []) => scan.into_plan(),
            (PlanNode::ParquetWrite(target), [input]) => Ok(Arc::new(ParquetWriteExec::new(Arc::clone(input), target))),
            (PlanNode::Commit(spec), [input]) => Ok(Arc::new(CommitExec::new(Arc::clone(input), spec))),
            (PlanNode::CooccurrenceEncode, [input]) => {
                Ok(Arc::new(CooccurrenceEncodeExec::try_new(Arc::clone(input))?))
            }
            (PlanNode::Cooccurrence(spec), [groups, shares]) => {
                Ok(Arc::new(CooccurrenceExec::try_new(Arc::clone(groups), Arc::clone(shares), spec)?))
            }
            (PlanNode::CompressedScan(name), [scan]) => Ok(Arc::new(CompressedScanExec::try_new(scan, name.parse()?)?)),
            (PlanNode::RowScan(scan), []) => scan.into_plan(self, context, converter),
            (PlanNode::FoldedNames, [scan]) => Ok(Arc::new(FoldedNamesExec::try_new(scan)?)),
            (_, inputs) => internal_err!("a node came with {} inputs", inputs.len()),
        }
    }

    fn try_encode(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        into: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let node = if let Some(write) = plan.downcast_ref::<ParquetWriteExec>() {
            PlanNode::ParquetWrite(write.target().clone())
        } else if let Some(commit) = plan.downcast_ref::<CommitExec>() {
            PlanNode::Commit(commit.spec().clone())
        } else if plan.is::<CooccurrenceEncodeExec>() {
            PlanNode::CooccurrenceEncode
        } else if let Some(cooccurrence) = plan.downcast_ref::<CooccurrenceExec>() {
            PlanNode::Cooccurrence(cooccurrence.spec().clone())
        } else if let Some(scan) = plan.downcast_ref::<CompressedScanExec>() {
            PlanNode::CompressedScan(scan.compression().to_string())
        } else if plan.is::<FoldedNamesExec>() {
            PlanNode::FoldedNames
        } else if let Some(scan) = plan
            .downcast_ref::<DataSourceExec>()
            .map(|exec| RowScanNode::try_of(exec, self, converter))
            .transpose()?
            .flatten()
        {
            PlanNode::RowScan(scan)
        } else if let Some(scan) =
            plan.downcast_ref::<DataSourceExec>().map(SliceScanNode::try_of).transpose()?.flatten()
        {
            PlanNode::SliceScan(scan)
        } else if plan.is::<RecursiveQueryExec>() {
            return not_impl_err!("WITH RECURSIVE on a cluster");
        } else {
            return self.ballista.try_encode(plan, into, converter);
        };
        envelope::seal(&node, into)
    }

    // What carries nothing travels by name.
    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        codec::decode_scalar(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, into: &mut Vec<u8>) -> Result<()> {
        codec::encode_scalar(function, into)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        codec::decode_aggregate(name, bytes)
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, into: &mut Vec<u8>) -> Result<()> {
        codec::encode_aggregate(function, into)
    }

    fn try_decode_udwf(&self, name: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        TravellingWindow::decode(name, bytes)
    }

    fn try_encode_udwf(&self, function: &WindowUDF, into: &mut Vec<u8>) -> Result<()> {
        TravellingWindow::encode(function, into);
        Ok(())
    }
}
