//! Rows of the `predictions` table.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Float64Builder, Int32Builder, Int64Builder, RecordBatch, StringBuilder},
    datatypes::{DataType, Field, Schema, SchemaRef},
    error::ArrowError,
};

use super::Source;
use crate::{data::Vocabulary, recommender::Recommendation};

/// Schema of the `predictions` table: one row per playlist and rank.
pub(super) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("pid", DataType::Int64, false),
        Field::new("rank", DataType::Int32, false),
        Field::new("track_uri", DataType::Utf8, false),
        Field::new("score", DataType::Float64, false),
        Field::new("source", DataType::Utf8, false),
        Field::new("model_id", DataType::Utf8, false),
    ]))
}

/// Collects rows of the `predictions` table.
#[derive(Debug, Default)]
pub(super) struct PredictionBatch {
    pids: Int64Builder,
    ranks: Int32Builder,
    track_uris: StringBuilder,
    scores: Float64Builder,
    sources: StringBuilder,
    model_ids: StringBuilder,
    rows: usize,
}

impl PredictionBatch {
    /// Adds the list of one playlist.
    pub(super) fn append(
        &mut self,
        pid: i64,
        list: &[Recommendation],
        source: Source,
        vocabulary: &Vocabulary,
        model_id: &str,
    ) {
        for (rank, line) in (1..).zip(list) {
            self.pids.append_value(pid);
            self.ranks.append_value(rank);
            self.track_uris.append_value(&vocabulary.track(line.item).track_uri);
            self.scores.append_value(f64::from(line.score));
            self.sources.append_value(source.as_str());
            self.model_ids.append_value(model_id);
        }
        self.rows += list.len();
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Makes a batch of the rows.
    pub(super) fn finish(mut self, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.pids.finish()),
            Arc::new(self.ranks.finish()),
            Arc::new(self.track_uris.finish()),
            Arc::new(self.scores.finish()),
            Arc::new(self.sources.finish()),
            Arc::new(self.model_ids.finish()),
        ];
        RecordBatch::try_new(SchemaRef::clone(schema), columns)
    }
}
