//! What a document is, and how it is found.

use std::fmt;

use serde_json::Value as Json;

use crate::Error;
use crate::backend::{Row, Value};
use crate::text::check_ascii;

/// Name of a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocumentKey {
    /// What it is, such as `table`: 1 to 32 visible ASCII characters.
    pub kind: &'static str,
    /// What holds it, such as the table's database; may be empty, at most 600 visible ASCII characters.
    pub parent: String,
    /// Its name there: 1 to 1000 visible ASCII characters.
    pub name: String,
}

impl DocumentKey {
    /// The key of these parts.
    pub fn new(kind: &'static str, parent: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind, parent: parent.into(), name: name.into() }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if !self.parent.is_empty() {
            check_ascii("parent of a document", &self.parent, 600, "at most 600 visible ASCII characters")?;
        }
        check_ascii("name of a document", &self.name, 1000, "1 to 1000 visible ASCII characters")
    }

    pub(super) fn values(&self) -> [Value<'_>; 3] {
        [self.kind.into(), self.parent.as_str().into(), self.name.as_str().into()]
    }
}

impl fmt::Display for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind, self.parent, self.name)
    }
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its name within its parent.
    pub name: String,
    /// Grows with every change, from 1.
    pub revision: u64,
    /// What it says.
    pub body: Json,
    /// When it was made.
    pub created_at_us: i64,
    /// When it was changed last.
    pub updated_at_us: i64,
}

impl Document {
    pub(super) fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            name: row.text("name")?,
            revision: row.count("revision")?,
            body: row.parsed("body_json", str::parse::<Json>)?,
            created_at_us: row.int("created_at_us")?,
            updated_at_us: row.int("updated_at_us")?,
        })
    }
}
