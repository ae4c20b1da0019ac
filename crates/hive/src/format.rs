//! How rows stand in lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A `SerDe` and what it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFormat {
    /// `LazySimpleSerDe`.
    Text(TextFormat),
    /// `OpenCSVSerde`.
    Csv(CsvFormat),
    /// The JSON `SerDe`s of OpenX, Hive and HCatalog.
    Json(JsonFormat),
}

/// Number of levels that have a delimiter of their own.
pub(crate) const LEVELS: usize = 8;

/// Text with delimiters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFormat {
    /// Delimiters by level: of fields, of items of collections, of keys and values of maps, and of what is deeper.
    pub delimiters: [u8; LEVELS],
    /// What stands before a character that is meant as itself.
    pub escape: Option<u8>,
    /// What stands for NULL.
    pub null: String,
    /// Whether the last column has what is left of the line, delimiters included.
    pub last_takes_rest: bool,
}

impl Default for TextFormat {
    /// Hive's: `\001` between fields, `\002` and so on below, `\N` for NULL, no escapes.
    fn default() -> Self {
        Self { delimiters: [1, 2, 3, 4, 5, 6, 7, 8], escape: None, null: "\\N".to_owned(), last_takes_rest: false }
    }
}

/// Comma-separated values as OpenCSV 2 reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvFormat {
    /// Between fields; default a comma.
    pub separator: u8,
    /// Around fields; default `"`.
    pub quote: u8,
    /// Before a quote or another one of itself, within quotes; default a backslash.
    pub escape: u8,
}

impl Default for CsvFormat {
    fn default() -> Self {
        Self { separator: b',', quote: b'"', escape: b'\\' }
    }
}

/// One JSON document a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonFormat {
    /// Whether keys are compared with the names of columns without regard to case; default true.
    pub case_insensitive: bool,
    /// Whether a line that is no document is a row of NULLs instead of an error.
    pub ignore_malformed: bool,
    /// Whether points in keys are underscores in the names of columns.
    pub dots_in_keys: bool,
    /// Whether what is nested in a document is the text of itself for a column of text, and a document may be an array of
    /// the columns, as OpenX has it.
    pub lenient: bool,
    /// Keys of columns that are called otherwise.
    pub keys: BTreeMap<String, String>,
}

impl Default for JsonFormat {
    fn default() -> Self {
        Self {
            case_insensitive: true,
            ignore_malformed: false,
            dots_in_keys: false,
            lenient: false,
            keys: BTreeMap::new(),
        }
    }
}
