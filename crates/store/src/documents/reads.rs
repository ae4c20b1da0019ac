//! Finding documents.

use crate::documents::{Document, DocumentKey};
use crate::{Error, Store};

const DOCUMENT: &str = "SELECT * FROM documents WHERE kind = ? AND parent = ? AND name = ?";
const DOCUMENTS: &str = "SELECT * FROM documents WHERE kind = ? AND parent = ? AND name > ? ORDER BY name LIMIT ?";
const COUNT: &str = "SELECT COUNT(*) AS documents FROM documents WHERE kind = ? AND parent = ?";

impl Store {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn document(&self, key: &DocumentKey) -> Result<Option<Document>, Error> {
        self.call("read", key).read_first(DOCUMENT, &key.values(), Document::from_row).await
    }

    /// Reads documents of one kind and parent in the order of their names, those after the name `after` (empty: from
    /// the first one).
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn documents(
        &self,
        kind: &'static str,
        parent: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Document>, Error> {
        let values = [kind.into(), parent.into(), after.into(), limit.into()];
        self.call("list documents of", format!("{kind} {parent}")).read(DOCUMENTS, &values, Document::from_row).await
    }

    /// Counts the documents of one kind and parent.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn count_documents(&self, kind: &'static str, parent: &str) -> Result<u64, Error> {
        let values = [kind.into(), parent.into()];
        let count = self
            .call("count documents of", format!("{kind} {parent}"))
            .read_first(COUNT, &values, |row| row.count("documents"))
            .await?;
        Ok(count.unwrap_or_default())
    }
}
