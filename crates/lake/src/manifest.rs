//! The manifest: what one version of a table consists of.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

use crate::{ColumnBounds, Error, PartitionValues, Result, WriteMode};

/// One committed version of a table, as stored in `_commits/<version>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the table.
    pub table: String,
    /// Version, counted from 1 without gaps.
    pub version: u64,
    /// Identity of the write; committing the same write again changes nothing.
    pub write_id: String,
    /// Whether the write replaced the rows before it or added to them.
    pub mode: WriteMode,
    /// Time of the commit, milliseconds since the epoch.
    pub committed_at_ms: u64,
    /// Versions of the lake's tables that the rows of this write were computed from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, u64>,
    /// What the rows were made from beyond tables of the lake, if the writer said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Every file of this version, those of earlier appends included.
    pub files: Vec<DataFile>,
}

/// What made the rows of a version, and from which objects, so that the next write can tell what is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Identity of the query and the settings that the rows depend on.
    pub definition: String,
    /// Objects that all rows of the version together come from, by path, with the version of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
}

/// Name and type of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Name as written by the query.
    pub name: String,
    /// Arrow data type in Arrow's own notation.
    pub data_type: String,
    /// Whether NULL may occur.
    pub nullable: bool,
}

/// A data file of a version.
///
/// A field that this build does not know is an error: whoever passed over it could count rows twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataFile {
    /// Path relative to the table's folder, `data/<write_id>/<file>`.
    pub path: String,
    /// Rows in the file.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// Values of the columns that divide the table's rows, if any do and all rows of the file have the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub partition: PartitionValues,
    /// The partitions of its rows, if it has those of several small ones.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shared: BTreeSet<PartitionValues>,
    /// Bounds of its columns by name, as far as they are known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bounds: BTreeMap<String, ColumnBounds>,
}

impl DataFile {
    /// Identity of the write that brought the file.
    pub fn write_id(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// The partitions that it has rows of; one without values if nothing divides the table's rows.
    pub fn partitions(&self) -> impl Iterator<Item = &PartitionValues> {
        let own = self.shared.is_empty().then_some(&self.partition);
        self.shared.iter().chain(own)
    }

    /// A file of no rows.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            rows: 0,
            bytes: 0,
            partition: BTreeMap::new(),
            shared: BTreeSet::new(),
            bounds: BTreeMap::new(),
        }
    }
}

impl Manifest {
    /// Rows of this version.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Bytes of this version's files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Arrow schema of the table.
    ///
    /// # Errors
    /// [`Error::InvalidMetadata`] if a type is not one that this Arrow knows.
    pub fn schema(&self) -> Result<SchemaRef> {
        Column::to_schema(&self.columns)
    }
}

impl Column {
    /// Describes the columns of a schema.
    pub fn of_schema(schema: &Schema) -> Vec<Self> {
        schema.fields().iter().map(|field| Self::of_field(field)).collect()
    }

    /// Schema of columns described by [`Self::of_schema`].
    ///
    /// # Errors
    /// [`Error::InvalidMetadata`] if a type is not one that this Arrow knows.
    pub fn to_schema(columns: &[Self]) -> Result<SchemaRef> {
        let fields: Result<Vec<Field>> = columns.iter().map(Self::to_field).collect();
        Ok(Arc::new(Schema::new(fields?)))
    }

    /// Columns of a table whose files have either of these, if their names and types are the same; NULL may occur where
    /// it may in one of them.
    pub(crate) fn join(left: &[Self], right: &[Self]) -> Option<Vec<Self>> {
        let same = |(left, right): (&Self, &Self)| left.name == right.name && left.data_type == right.data_type;
        let joined = |(left, right): (&Self, &Self)| Self { nullable: left.nullable || right.nullable, ..left.clone() };
        let fits = left.len() == right.len() && left.iter().zip(right).all(same);
        fits.then(|| left.iter().zip(right).map(joined).collect())
    }

    /// Names and types in order, for messages.
    pub(crate) fn describe(columns: &[Self]) -> String {
        let one = |column: &Self| format!("{} {}", column.name, column.data_type);
        columns.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn of_field(field: &Field) -> Self {
        Self { name: field.name().clone(), data_type: field.data_type().to_string(), nullable: field.is_nullable() }
    }

    fn to_field(&self) -> Result<Field> {
        let data_type: DataType = self.data_type.parse().map_err(|error: arrow::error::ArrowError| {
            Error::InvalidMetadata { path: self.name.clone(), what: "column type", reason: error.to_string() }
        })?;
        Ok(Field::new(&self.name, data_type, self.nullable))
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{Fields, TimeUnit};

    use super::*;

    #[track_caller]
    fn check_round_trip(data_type: DataType) {
        let schema = Schema::new(vec![Field::new("a column", data_type, true)]);
        let manifest = Manifest {
            table: "t".to_owned(),
            version: 1,
            write_id: "w".to_owned(),
            mode: WriteMode::Overwrite,
            committed_at_ms: 0,
            inputs: BTreeMap::new(),
            origin: None,
            columns: Column::of_schema(&schema),
            files: Vec::new(),
        };
        let text = serde_json::to_string(&manifest).unwrap();
        let read: Manifest = serde_json::from_str(&text).unwrap();
        assert_eq!(read.schema().unwrap().as_ref(), &schema);
    }

    #[test]
    fn keeps_every_type_that_the_pipeline_writes() {
        check_round_trip(DataType::Int64);
        check_round_trip(DataType::Utf8);
        check_round_trip(DataType::Float64);
        check_round_trip(DataType::Boolean);
        check_round_trip(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
        check_round_trip(DataType::Decimal128(38, 10));
        check_round_trip(DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)));
        check_round_trip(DataType::List(Arc::new(Field::new("item", DataType::Int64, true))));
        let fields = Fields::from(vec![
            Field::new("track uri", DataType::Utf8, true),
            Field::new("pos", DataType::Int64, false),
        ]);
        check_round_trip(DataType::List(Arc::new(Field::new("item", DataType::Struct(fields), true))));
    }
}
