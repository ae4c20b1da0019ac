//! The `.metadata` file beside a result: a protobuf message with the columns.

use prost::Message;

use crate::wire::ColumnInfo;

/// What a `.metadata` file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metadata {
    /// The query.
    pub query_id: String,
    /// Kind of a statement that changes rows, such as `INSERT`.
    pub update_type: Option<String>,
    /// Rows that it changed.
    pub update_count: Option<i64>,
    /// The columns of its result.
    pub columns: Vec<ColumnInfo>,
}

/// JDBC's name for "it is not known whether there can be NULL".
const NULLABLE_UNKNOWN: i32 = 3;

#[derive(Clone, PartialEq, Message)]
struct MetadataMessage {
    #[prost(string, tag = "1")]
    query_id: String,
    #[prost(string, optional, tag = "2")]
    update_type: Option<String>,
    #[prost(int64, optional, tag = "3")]
    update_count: Option<i64>,
    #[prost(message, repeated, tag = "4")]
    columns: Vec<ColumnMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct ColumnMessage {
    #[prost(string, tag = "1")]
    catalog: String,
    #[prost(string, tag = "2")]
    schema: String,
    #[prost(string, tag = "3")]
    table: String,
    #[prost(string, tag = "4")]
    name: String,
    #[prost(string, tag = "5")]
    label: String,
    #[prost(string, tag = "6")]
    kind: String,
    #[prost(int32, tag = "7")]
    precision: i32,
    #[prost(int32, tag = "8")]
    scale: i32,
    #[prost(int32, tag = "9")]
    nullable: i32,
    #[prost(bool, tag = "10")]
    case_sensitive: bool,
}

/// The bytes of the file.
#[must_use]
pub fn encode_metadata(metadata: &Metadata) -> Vec<u8> {
    let columns = metadata.columns.iter().map(|column| ColumnMessage {
        catalog: column.catalog_name.clone(),
        schema: column.schema_name.clone(),
        table: column.table_name.clone(),
        name: column.name.clone(),
        label: column.label.clone(),
        kind: column.kind.clone(),
        precision: column.precision,
        scale: column.scale,
        nullable: NULLABLE_UNKNOWN,
        case_sensitive: column.case_sensitive,
    });
    MetadataMessage {
        query_id: metadata.query_id.clone(),
        update_type: metadata.update_type.clone(),
        update_count: metadata.update_count,
        columns: columns.collect(),
    }
    .encode_to_vec()
}

/// Reads the file; [`None`] if it is none.
#[must_use]
pub fn decode_metadata(bytes: &[u8]) -> Option<Metadata> {
    let message = MetadataMessage::decode(bytes).ok()?;
    let columns = message.columns.into_iter().map(|column| ColumnInfo {
        catalog_name: column.catalog,
        schema_name: column.schema,
        table_name: column.table,
        name: column.name,
        label: column.label,
        kind: column.kind,
        precision: column.precision,
        scale: column.scale,
        nullable: "UNKNOWN".to_owned(),
        case_sensitive: column.case_sensitive,
    });
    Some(Metadata {
        query_id: message.query_id,
        update_type: message.update_type,
        update_count: message.update_count,
        columns: columns.collect(),
    })
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field};

    use super::*;
    use crate::values::column_info;

    /// Tags, wire types and lengths are those of the protocol buffers' encoding guide.
    #[test]
    fn the_bytes_are_those_of_the_message() {
        let columns = vec![column_info(&Field::new("x", DataType::Int64, true))];
        let metadata = Metadata { query_id: "q".to_owned(), columns, ..Metadata::default() };
        let bytes = encode_metadata(&metadata);
        let column = b"\x0a\x04hive\x22\x01x\x2a\x01x\x32\x06bigint\x38\x13\x48\x03";
        let mut expected = b"\x0a\x01q\x22".to_vec();
        expected.push(u8::try_from(column.len()).unwrap());
        expected.extend_from_slice(column);
        assert_eq!(bytes, expected);
        assert_eq!(decode_metadata(&bytes), Some(metadata));
    }
}
