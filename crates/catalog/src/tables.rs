//! Tables and views, and their versions.

use athena::glue::{PartitionInput, TableInput};
use serde::{Deserialize, Serialize};
use store::{Document, DocumentKey};

use crate::{
    Catalog, Error, LAKE_DATABASE, Result,
    databases::{body, encoded},
    partitions::{PARTITION, partition_key},
    table_writes::TABLE_WRITES,
};

pub(crate) const TABLE: &str = "table";
const TABLE_VERSION: &str = "table_version";

/// A table or view as the catalog knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableEntry {
    /// Its database.
    pub database: String,
    /// What was said of it; its name is in lower case.
    pub input: TableInput,
    /// Number of this version, from 1.
    pub version: u64,
    /// When it was made.
    pub created_at_us: i64,
    /// When it was changed last.
    pub updated_at_us: i64,
    /// Whether it is a table of the lake.
    pub in_lake: bool,
}

#[derive(Serialize, Deserialize)]
struct Version {
    input: TableInput,
}

impl TableEntry {
    /// Whether it is a view.
    #[must_use]
    pub fn is_view(&self) -> bool {
        self.input.table_type.as_deref() == Some("VIRTUAL_VIEW")
    }

    /// Where its files are.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.input.storage_descriptor.as_ref()?.location.as_deref()
    }

    fn from_document(database: &str, document: &Document) -> Result<Self> {
        let version: Version = serde_json::from_value(document.body.clone())
            .map_err(|source| Error::InvalidEntry { object: format!("{database}.{}", document.name), source })?;
        Ok(Self {
            database: database.to_owned(),
            input: version.input,
            version: document.revision,
            created_at_us: document.created_at_us,
            updated_at_us: document.updated_at_us,
            in_lake: false,
        })
    }
}

impl Catalog {
    /// All tables and views of a database, by name.
    ///
    /// # Errors
    /// [`Error::NoSuchDatabase`], [`Error::Store`], [`Error::Lake`].
    pub async fn tables(&self, database: &str) -> Result<Vec<TableEntry>> {
        let database = self.database(database).await?.name;
        let documents = self.all(TABLE, &encoded(&database)?).await?;
        let mut tables: Vec<TableEntry> =
            documents.iter().map(|document| TableEntry::from_document(&database, document)).collect::<Result<_>>()?;
        if database == LAKE_DATABASE {
            let own = self.lake_tables().await?;
            tables.retain(|table| own.iter().all(|other| other.input.name != table.input.name));
            tables.extend(own);
        }
        tables.sort_by(|one, other| one.input.name.cmp(&other.input.name));
        Ok(tables)
    }

    /// One table or view.
    ///
    /// # Errors
    /// [`Error::NoSuchTable`], [`Error::Store`], [`Error::Lake`].
    pub async fn table(&self, database: &str, name: &str) -> Result<TableEntry> {
        let (database, name) = (database.to_lowercase(), name.to_lowercase());
        if database == LAKE_DATABASE
            && let Some(table) = self.lake_table(&name).await?
        {
            return Ok(table);
        }
        match self.store().document(&key(&database, &name)?).await? {
            Some(document) => TableEntry::from_document(&database, &document),
            None => Err(Error::NoSuchTable { database, table: name }),
        }
    }

    /// Makes a table or view.
    ///
    /// # Errors
    /// [`Error::NoSuchDatabase`], [`Error::TableExists`], [`Error::InvalidName`], [`Error::Store`].
    pub async fn create_table(&self, database: &str, input: TableInput) -> Result<()> {
        self.create_table_with(database, input, &[]).await
    }

    /// Makes a table together with its partitions, all at once.
    ///
    /// # Errors
    /// As [`Self::create_table`]; [`Error::PartitionValues`].
    pub async fn create_table_with(
        &self,
        database: &str,
        input: TableInput,
        partitions: &[PartitionInput],
    ) -> Result<()> {
        let database = self.database(database).await?.name;
        let input = lowered(input);
        let exists = || Error::TableExists { database: database.clone(), table: input.name.clone() };
        if database == LAKE_DATABASE && self.lake_table(&input.name).await?.is_some() {
            return Err(exists());
        }
        let table = body(&input.name, &Version { input: input.clone() })?;
        let partitions = partitions.iter().map(|partition| {
            let key = partition_key(&database, &input, &partition.values)?;
            Ok((key, body(&input.name, partition)?))
        });
        let partitions = partitions.collect::<Result<Vec<_>>>()?;
        let key = key(&database, &input.name)?;
        let created = if partitions.is_empty() {
            self.store().create_document(&key, &table).await?
        } else {
            self.store().create_document_with(&key, &table, &partitions).await?
        };
        if created { Ok(()) } else { Err(exists()) }
    }

    /// Changes what is said of a table, and keeps the version before unless told otherwise.
    ///
    /// # Errors
    /// [`Error::NoSuchTable`], [`Error::LakeTable`], [`Error::Conflict`], [`Error::Store`].
    pub async fn update_table(&self, database: &str, input: TableInput, keep_old: bool) -> Result<()> {
        let input = lowered(input);
        let old = self.own_table(database, &input.name).await?;
        let key = key(&old.database, &input.name)?;
        if keep_old {
            let version =
                DocumentKey::new(TABLE_VERSION, below(&old.database, &input.name)?, version_name(old.version));
            let old_body = body(&input.name, &Version { input: old.input.clone() })?;
            self.store().create_document(&version, &old_body).await?;
        }
        let body = body(&input.name, &Version { input: input.clone() })?;
        let replaced = self.store().replace_document(&key, &body, old.version).await?;
        if replaced { Ok(()) } else { Err(Error::Conflict { object: format!("{}.{}", old.database, input.name) }) }
    }

    /// Removes a table or view with its partitions and versions. Its files stay.
    ///
    /// # Errors
    /// [`Error::NoSuchTable`], [`Error::LakeTable`], [`Error::Store`].
    pub async fn drop_table(&self, database: &str, name: &str) -> Result<()> {
        let table = self.own_table(database, name).await?;
        let dependents = dependents_of(&table.database, &table.input.name)?;
        self.store().delete_document_with(&key(&table.database, &table.input.name)?, &dependents).await?;
        Ok(())
    }

    /// All versions of a table, the newest first.
    ///
    /// # Errors
    /// As [`Self::table`].
    pub async fn table_versions(&self, database: &str, name: &str) -> Result<Vec<TableEntry>> {
        let current = self.table(database, name).await?;
        let mut versions = Vec::new();
        if !current.in_lake {
            for document in self.all(TABLE_VERSION, &below(&current.database, &current.input.name)?).await? {
                let mut entry = TableEntry::from_document(&current.database, &document)?;
                entry.version = document.name.parse().unwrap_or_default();
                versions.push(entry);
            }
        }
        versions.push(current);
        versions.reverse();
        Ok(versions)
    }

    /// Forgets an old version of a table and tells whether there was one.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn delete_table_version(&self, database: &str, name: &str, version: u64) -> Result<bool> {
        let parent = below(&database.to_lowercase(), &name.to_lowercase())?;
        let key = DocumentKey::new(TABLE_VERSION, parent, version_name(version));
        Ok(self.store().delete_document(&key).await?)
    }

    /// A table that the catalog may change.
    pub(crate) async fn own_table(&self, database: &str, name: &str) -> Result<TableEntry> {
        let table = self.table(database, name).await?;
        if table.in_lake {
            return Err(Error::LakeTable { database: table.database, table: table.input.name });
        }
        Ok(table)
    }
}

/// What disappears with a table.
pub(crate) fn dependents_of(database: &str, table: &str) -> Result<Vec<(&'static str, String)>> {
    let parent = below(database, table)?;
    Ok(vec![(TABLE_VERSION, parent.clone()), (TABLE_WRITES, parent.clone()), (PARTITION, parent)])
}

/// The parent of what belongs to a table.
pub(crate) fn below(database: &str, table: &str) -> Result<String> {
    Ok(format!("{}/{}", encoded(database)?, encoded(table)?))
}

fn key(database: &str, table: &str) -> Result<DocumentKey> {
    Ok(DocumentKey::new(TABLE, encoded(database)?, encoded(table)?))
}

/// Sorts as the number does.
fn version_name(version: u64) -> String {
    format!("{version:020}")
}

/// Hive knows names in lower case only.
fn lowered(mut input: TableInput) -> TableInput {
    input.name = input.name.to_lowercase();
    let columns = input.storage_descriptor.iter_mut().flat_map(|storage| &mut storage.columns);
    for column in columns.chain(&mut input.partition_keys) {
        column.name = column.name.to_lowercase();
    }
    input
}
