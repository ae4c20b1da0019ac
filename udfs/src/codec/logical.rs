//! Logical plans: Segue's tables and nodes.

use std::{any::Any, collections::BTreeMap, sync::Arc};

use arrow::datatypes::SchemaRef;
use ballista_core::serde::BallistaLogicalExtensionCodec;
use datafusion::{
    catalog::TableProvider,
    common::{TableReference, internal_err},
    datasource::file_format::FileFormatFactory,
    error::Result,
    execution::TaskContext,
    logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF, WindowUDF},
};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use serde::{Deserialize, Serialize};
use trino::functions::codec;
use url::Url;

use super::{envelope, no_rows};
use crate::{
    files_table::{FilesTable, FilesTableParts},
    functions::TravellingWindow,
    lake_table::{LakeTable, Reading},
    operators::WriteOptions,
    optimizer::{CooccurrenceNode, Counted, NoRowsNode},
    scan::{ScanSpec, SliceTable},
    writes::{FolderTable, FolderWrite},
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TableNode {
    Slices {
        #[serde(with = "super::url_text")]
        url: Url,
        spec: ScanSpec,
        #[serde(default)]
        versions: Option<BTreeMap<String, String>>,
    },
    Lake {
        #[serde(with = "super::url_text")]
        lake_url: Url,
        name: String,
        reading: Reading,
        #[serde(default)]
        write: WriteOptions,
    },
    Folder {
        #[serde(with = "super::url_text")]
        url: Url,
        options: FolderWrite,
    },
    Files(FilesTableParts),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Node {
    Cooccurrence(Counted),
    /// Its columns, as bytes of DataFusion's.
    NoRows(Vec<u8>),
}

/// Codec for logical plans with Segue's tables and nodes.
#[derive(Debug, Default)]
pub struct SegueLogicalCodec {
    ballista: BallistaLogicalExtensionCodec,
}

impl LogicalExtensionCodec for SegueLogicalCodec {
    fn try_decode(&self, bytes: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        if envelope::is_ours(bytes) {
            return match (envelope::open(bytes)?, inputs) {
                (Node::Cooccurrence(call), [input]) => {
                    Ok(Extension { node: Arc::new(CooccurrenceNode::try_new(input.clone(), call)?) })
                }
                (Node::NoRows(columns), []) => {
                    Ok(Extension { node: Arc::new(NoRowsNode { schema: no_rows::decode(&columns)? }) })
                }
                (_, inputs) => internal_err!("a node came with {} inputs", inputs.len()),
            };
        }
        self.ballista.try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, into: &mut Vec<u8>) -> Result<()> {
        if let Some(node) = node.node.as_any().downcast_ref::<CooccurrenceNode>() {
            return envelope::seal(&Node::Cooccurrence(node.call().clone()), into);
        }
        if let Some(node) = node.node.as_any().downcast_ref::<NoRowsNode>() {
            return envelope::seal(&Node::NoRows(no_rows::encode(&node.schema)?), into);
        }
        self.ballista.try_encode(node, into)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        if !envelope::is_ours(bytes) {
            return self.ballista.try_decode_table_provider(bytes, table, schema, context);
        }
        Ok(match envelope::open(bytes)? {
            TableNode::Slices { url, spec, versions } => {
                let slices = SliceTable::try_new(url, spec)?;
                Arc::new(match versions {
                    Some(versions) => slices.only(versions),
                    None => slices,
                })
            }
            TableNode::Lake { lake_url, name, reading, write } => {
                Arc::new(LakeTable::from_parts(lake_url, name, schema, reading, write))
            }
            TableNode::Folder { url, options } => Arc::new(FolderTable::new(url, schema, options)),
            TableNode::Files(parts) => Arc::new(FilesTable::from_parts(schema, parts)),
        })
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        provider: Arc<dyn TableProvider>,
        into: &mut Vec<u8>,
    ) -> Result<()> {
        let any: &dyn Any = provider.as_ref();
        let node = if let Some(slices) = any.downcast_ref::<SliceTable>() {
            TableNode::Slices {
                url: slices.url().clone(),
                spec: slices.spec().clone(),
                versions: slices.versions().cloned(),
            }
        } else if let Some(lake) = any.downcast_ref::<LakeTable>() {
            let (lake_url, name) = (lake.lake_url().clone(), lake.name().to_owned());
            TableNode::Lake { lake_url, name, reading: lake.reads().clone(), write: lake.write_options().clone() }
        } else if let Some(folder) = any.downcast_ref::<FolderTable>() {
            TableNode::Folder { url: folder.url().clone(), options: folder.options().clone() }
        } else if let Some(files) = any.downcast_ref::<FilesTable>() {
            TableNode::Files(files.parts().clone())
        } else {
            return self.ballista.try_encode_table_provider(table, provider, into);
        };
        envelope::seal(&node, into)
    }

    fn try_decode_file_format(&self, bytes: &[u8], context: &TaskContext) -> Result<Arc<dyn FileFormatFactory>> {
        self.ballista.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(&self, into: &mut Vec<u8>, format: Arc<dyn FileFormatFactory>) -> Result<()> {
        self.ballista.try_encode_file_format(into, format)
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
