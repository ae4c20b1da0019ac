//! What can go wrong with a line.

/// Result of reading.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A line that cannot be read, or a column that the format cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A column is of a type that the format does not have.
    #[error("column `{column}` of type {data_type} in a file of {format}")]
    ColumnType {
        /// The column.
        column: String,
        /// Its type.
        data_type: String,
        /// The format.
        format: &'static str,
    },
    /// A value is not one of its column's type.
    #[error("Error parsing field value '{value}' for column {column}: expected {expected}")]
    Value {
        /// The column.
        column: String,
        /// The value, cut to a bearable length.
        value: String,
        /// The type.
        expected: String,
    },
    /// A line is not a JSON document.
    #[error("Row is not a valid JSON Object: {reason}")]
    Json {
        /// What is wrong, and where.
        reason: String,
    },
    /// A line is not UTF-8.
    #[error("the line is not valid UTF-8")]
    Utf8,
}
