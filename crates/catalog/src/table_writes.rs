//! Writes to external tables that are under way, so that their rows are seen all at once.
//!
//! The files of a write come to their places one after the other. Before the first does, the catalog notes all of them;
//! when the last is there, the note is removed, which makes them visible. Who reads the table passes over files that were
//! noted before or after its look at the folders; where a write began between the two, it looks again, as one that began
//! and ended in between may have been seen in part.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::DocumentKey;

use crate::{Catalog, Error, Result, TableEntry, databases::body, tables::below};

pub(crate) const TABLE_WRITES: &str = "table_writes";
/// Tries to change the note, each of which fails only if another one succeeds.
const TRIES: usize = 50;

/// What is noted of the writes to a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableWrites {
    /// Writes that have begun.
    pub begun: u64,
    /// Addresses of the files of each write that has not ended, by its id.
    pub unfinished: BTreeMap<String, Vec<String>>,
}

impl Catalog {
    /// What is noted of the writes to a table.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn table_writes(&self, table: &TableEntry) -> Result<TableWrites> {
        Ok(self.noted_writes(&key(table)?).await?.map(|(writes, _)| writes).unwrap_or_default())
    }

    /// Notes the files of a write, which from then on are not seen before it ends.
    ///
    /// # Errors
    /// [`Error::Conflict`], [`Error::Store`].
    pub async fn begin_write(&self, table: &TableEntry, write_id: &str, files: &[String]) -> Result<()> {
        self.change_writes(table, |writes| {
            writes.begun += 1;
            writes.unfinished.insert(write_id.to_owned(), files.to_vec());
        })
        .await
    }

    /// Ends a write: the files that are at its places are seen.
    ///
    /// # Errors
    /// [`Error::Conflict`], [`Error::Store`].
    pub async fn end_write(&self, table: &TableEntry, write_id: &str) -> Result<()> {
        self.change_writes(table, |writes| {
            writes.unfinished.remove(write_id);
        })
        .await
    }

    async fn change_writes(&self, table: &TableEntry, change: impl Fn(&mut TableWrites)) -> Result<()> {
        let (key, name) = (key(table)?, &table.input.name);
        for _ in 0..TRIES {
            let changed = match self.noted_writes(&key).await? {
                Some((mut writes, revision)) => {
                    change(&mut writes);
                    self.store().replace_document(&key, &body(name, &writes)?, revision).await?
                }
                None => {
                    let mut writes = TableWrites::default();
                    change(&mut writes);
                    self.store().create_document(&key, &body(name, &writes)?).await?
                }
            };
            if changed {
                return Ok(());
            }
        }
        Err(Error::Conflict { object: format!("{}.{name}", table.database) })
    }

    async fn noted_writes(&self, key: &DocumentKey) -> Result<Option<(TableWrites, u64)>> {
        let Some(document) = self.store().document(key).await? else { return Ok(None) };
        let writes = serde_json::from_value(document.body)
            .map_err(|source| Error::InvalidEntry { object: document.name, source })?;
        Ok(Some((writes, document.revision)))
    }
}

fn key(table: &TableEntry) -> Result<DocumentKey> {
    Ok(DocumentKey::new(TABLE_WRITES, below(&table.database, &table.input.name)?, "writes"))
}
