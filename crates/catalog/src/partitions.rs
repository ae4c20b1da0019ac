//! Partitions of tables.

use athena::glue::{PartitionInput, TableInput};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use store::{Document, DocumentKey};

use crate::{Catalog, Error, Result, TableEntry, databases::body, partition_filter::PartitionFilter, tables::below};

pub(crate) const PARTITION: &str = "partition";
/// What Hive escapes in the names of partitions' folders, and what is not ASCII.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'\'')
    .add(b'*')
    .add(b'/')
    .add(b':')
    .add(b'=')
    .add(b'?')
    .add(b'\\')
    .add(b'{')
    .add(b'}')
    .add(b'[')
    .add(b']')
    .add(b'^');

/// A partition.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionEntry {
    /// What was said of it.
    pub input: PartitionInput,
    /// When it was made.
    pub created_at_us: i64,
}

impl PartitionEntry {
    /// Where its files are.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.input.storage_descriptor.as_ref()?.location.as_deref()
    }
}

/// `key=value/key=value`, as the folder of a partition is called.
#[must_use]
pub fn partition_path<'p>(keys: impl IntoIterator<Item = &'p str>, values: &[String]) -> String {
    let part = |(key, value): (&str, &String)| format!("{}={}", escaped(key), escaped(value));
    keys.into_iter().zip(values).map(part).collect::<Vec<_>>().join("/")
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

impl Catalog {
    /// All partitions of a table, in the order of their paths.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn partitions(&self, table: &TableEntry) -> Result<Vec<PartitionEntry>> {
        if table.in_lake {
            return Ok(Vec::new());
        }
        let parent = below(&table.database, &table.input.name)?;
        self.all(PARTITION, &parent).await?.iter().map(entry).collect()
    }

    /// The partitions of a table that an expression chooses, as Glue writes it (`day >= '2026-01-01' AND shard IN (1, 2)`),
    /// in the order of their paths.
    ///
    /// # Errors
    /// [`Error::InvalidExpression`], [`Error::Store`].
    pub async fn partitions_where(&self, table: &TableEntry, expression: &str) -> Result<Vec<PartitionEntry>> {
        let filter = PartitionFilter::parse(expression, &table.input.partition_keys)
            .map_err(|reason| Error::InvalidExpression { expression: expression.to_owned(), reason })?;
        let mut partitions = self.partitions(table).await?;
        partitions.retain(|partition| filter.chooses(&partition.input.values));
        Ok(partitions)
    }

    /// The partition of these values, if there is one.
    ///
    /// # Errors
    /// [`Error::PartitionValues`], [`Error::Store`].
    pub async fn partition(&self, table: &TableEntry, values: &[String]) -> Result<Option<PartitionEntry>> {
        let found = self.store().document(&key(table, values)?).await?;
        found.as_ref().map(entry).transpose()
    }

    /// Makes a partition and tells whether it did: false if there is one of these values.
    ///
    /// # Errors
    /// [`Error::PartitionValues`], [`Error::Store`].
    pub async fn create_partition(&self, table: &TableEntry, partition: &PartitionInput) -> Result<bool> {
        let body = body(&table.input.name, partition)?;
        Ok(self.store().create_document(&key(table, &partition.values)?, &body).await?)
    }

    /// Makes those of some partitions that are not there, all at once.
    ///
    /// # Errors
    /// [`Error::PartitionValues`], [`Error::Store`].
    pub async fn create_missing_partitions(&self, table: &TableEntry, partitions: &[PartitionInput]) -> Result<()> {
        let documents = partitions
            .iter()
            .map(|partition| Ok((key(table, &partition.values)?, body(&table.input.name, partition)?)));
        Ok(self.store().create_missing_documents(&documents.collect::<Result<Vec<_>>>()?).await?)
    }

    /// Gives a partition other values and tells whether it did: false if there is one of these values.
    ///
    /// # Errors
    /// [`Error::PartitionValues`], [`Error::Store`].
    pub async fn move_partition(
        &self,
        table: &TableEntry,
        from: &[String],
        partition: &PartitionInput,
    ) -> Result<bool> {
        let body = body(&table.input.name, partition)?;
        let (from, to) = (key(table, from)?, key(table, &partition.values)?);
        Ok(self.store().move_document(&from, &to, &body).await?)
    }

    /// Changes what is said of a partition and tells whether there is one.
    ///
    /// # Errors
    /// [`Error::PartitionValues`], [`Error::Conflict`], [`Error::Store`].
    pub async fn update_partition(&self, table: &TableEntry, partition: &PartitionInput) -> Result<bool> {
        let key = key(table, &partition.values)?;
        let Some(found) = self.store().document(&key).await? else { return Ok(false) };
        let body = body(&table.input.name, partition)?;
        let replaced = self.store().replace_document(&key, &body, found.revision).await?;
        if replaced { Ok(true) } else { Err(Error::Conflict { object: key.to_string() }) }
    }

    /// Forgets a partition and tells whether there was one. Its files stay.
    ///
    /// # Errors
    /// [`Error::PartitionValues`], [`Error::Store`].
    pub async fn drop_partition(&self, table: &TableEntry, values: &[String]) -> Result<bool> {
        Ok(self.store().delete_document(&key(table, values)?).await?)
    }
}

fn key(table: &TableEntry, values: &[String]) -> Result<DocumentKey> {
    partition_key(&table.database, &table.input, values)
}

/// Where a partition of a table is kept.
pub(crate) fn partition_key(database: &str, table: &TableInput, values: &[String]) -> Result<DocumentKey> {
    let keys = &table.partition_keys;
    if keys.len() != values.len() {
        let (expected, found) = (keys.len(), values.len());
        return Err(Error::PartitionValues { table: table.name.clone(), expected, found });
    }
    let name = partition_path(keys.iter().map(|key| key.name.as_str()), values);
    Ok(DocumentKey::new(PARTITION, below(database, &table.name)?, name))
}

fn entry(document: &Document) -> Result<PartitionEntry> {
    let input = serde_json::from_value(document.body.clone())
        .map_err(|source| Error::InvalidEntry { object: document.name.clone(), source })?;
    Ok(PartitionEntry { input, created_at_us: document.created_at_us })
}
