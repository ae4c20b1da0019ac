//! The scan of lines on the wire: DataFusion's form of a scan of files, and how rows stand in lines.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use datafusion::{
    common::internal_datafusion_err, datasource::physical_plan::FileScanConfig, datasource::source::DataSourceExec,
    error::Result, execution::TaskContext, physical_plan::ExecutionPlan,
};
use datafusion_proto::{
    physical_plan::{
        PhysicalExtensionCodec, PhysicalPlanDecodeContext, PhysicalProtoConverterExtension,
        from_proto::{parse_protobuf_file_scan_config, parse_table_schema_from_proto},
        to_proto::serialize_file_scan_config,
    },
    protobuf::FileScanExecConf,
};
use hive::RowFormat;
use prost::Message;
use serde::{Deserialize, Serialize};

use crate::files_table::{FileCompression, RowSource};

/// A scan as it travels.
#[derive(Serialize, Deserialize)]
pub(crate) struct RowScanNode {
    rows: RowFormat,
    skipped_lines: u64,
    compression: FileCompression,
    /// Files, columns and what the scan yields, as bytes of DataFusion's in base64.
    files: String,
}

impl RowScanNode {
    /// The scan behind a data source, if it is one of lines.
    pub(crate) fn try_of(
        exec: &DataSourceExec,
        codec: &dyn PhysicalExtensionCodec,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Option<Self>> {
        let source: &dyn std::any::Any = exec.data_source().as_ref();
        let Some(config) = source.downcast_ref::<FileScanConfig>() else { return Ok(None) };
        let Some(lines) = config.file_source().downcast_ref::<RowSource>() else { return Ok(None) };
        let files = serialize_file_scan_config(config, codec, converter)?;
        Ok(Some(Self {
            rows: lines.rows().clone(),
            skipped_lines: lines.skipped_lines(),
            compression: lines.compression(),
            files: STANDARD.encode(files.encode_to_vec()),
        }))
    }

    pub(crate) fn into_plan(
        self,
        codec: &dyn PhysicalExtensionCodec,
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let invalid = |reason: String| internal_datafusion_err!("cannot decode a scan of lines: {reason}");
        let bytes = STANDARD.decode(&self.files).map_err(|error| invalid(error.to_string()))?;
        let files = FileScanExecConf::decode(bytes.as_slice()).map_err(|error| invalid(error.to_string()))?;
        let schema = parse_table_schema_from_proto(&files)?;
        let source = Arc::new(RowSource::new(schema, self.rows, self.skipped_lines, self.compression));
        let context = PhysicalPlanDecodeContext::new(context, codec);
        let config = parse_protobuf_file_scan_config(&files, &context, converter, source)?;
        Ok(DataSourceExec::from_data_source(config))
    }
}
