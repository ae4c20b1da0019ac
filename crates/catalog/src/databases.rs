//! Databases.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use store::{Document, DocumentKey};

use crate::{Catalog, Error, LAKE_DATABASE, Result, tables::dependents_of};

pub(crate) const DATABASE: &str = "database";
/// Entries that one look at the store reads.
pub(crate) const PAGE: u32 = 1000;
/// What names are kept with: visible ASCII without the separator of parents.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'/').add(b'%');

/// A database.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DatabaseEntry {
    /// Its name, in lower case.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where tables go that are made without a location.
    pub location: Option<String>,
    /// What clients note of it.
    pub parameters: BTreeMap<String, String>,
    /// When it was made.
    #[serde(skip)]
    pub created_at_us: i64,
}

impl Catalog {
    /// All databases, by name.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn databases(&self) -> Result<Vec<DatabaseEntry>> {
        let mut found: BTreeMap<String, DatabaseEntry> = BTreeMap::new();
        found.insert(LAKE_DATABASE.to_owned(), default_database());
        for document in self.all(DATABASE, "").await? {
            let entry = entry(&document)?;
            found.insert(entry.name.clone(), entry);
        }
        Ok(found.into_values().collect())
    }

    /// One database.
    ///
    /// # Errors
    /// [`Error::NoSuchDatabase`], [`Error::Store`].
    pub async fn database(&self, name: &str) -> Result<DatabaseEntry> {
        let name = name.to_lowercase();
        match self.store().document(&key(&name)?).await? {
            Some(document) => entry(&document),
            None if name == LAKE_DATABASE => Ok(default_database()),
            None => Err(Error::NoSuchDatabase { database: name }),
        }
    }

    /// Makes a database.
    ///
    /// # Errors
    /// [`Error::DatabaseExists`], [`Error::InvalidName`], [`Error::Store`].
    pub async fn create_database(&self, database: DatabaseEntry) -> Result<()> {
        let database = DatabaseEntry { name: database.name.to_lowercase(), ..database };
        let exists = Error::DatabaseExists { database: database.name.clone() };
        if database.name == LAKE_DATABASE {
            return Err(exists);
        }
        let body = body(&database.name, &database)?;
        if self.store().create_document(&key(&database.name)?, &body).await? { Ok(()) } else { Err(exists) }
    }

    /// Changes what is said of a database.
    ///
    /// # Errors
    /// [`Error::NoSuchDatabase`], [`Error::Conflict`], [`Error::Store`].
    pub async fn update_database(&self, database: DatabaseEntry) -> Result<()> {
        let name = database.name.to_lowercase();
        let key = key(&name)?;
        let body = body(&name, &DatabaseEntry { name: name.clone(), ..database })?;
        let changed = match self.store().document(&key).await? {
            Some(found) => self.store().replace_document(&key, &body, found.revision).await?,
            None if name == LAKE_DATABASE => self.store().create_document(&key, &body).await?,
            None => return Err(Error::NoSuchDatabase { database: name }),
        };
        if changed { Ok(()) } else { Err(Error::Conflict { object: name }) }
    }

    /// Removes a database, with its tables if `cascade` says so. The tables' files stay.
    ///
    /// # Errors
    /// [`Error::NoSuchDatabase`], [`Error::DatabaseNotEmpty`], [`Error::Store`].
    pub async fn drop_database(&self, name: &str, cascade: bool) -> Result<()> {
        let database = self.database(name).await?;
        let tables = self.tables(&database.name).await?;
        if !cascade && !tables.is_empty() || database.name == LAKE_DATABASE {
            return Err(Error::DatabaseNotEmpty { database: database.name });
        }
        let mut dependents = vec![(crate::tables::TABLE, encoded(&database.name)?)];
        for table in &tables {
            dependents.extend(dependents_of(&database.name, &table.input.name)?);
        }
        self.store().delete_document_with(&key(&database.name)?, &dependents).await?;
        Ok(())
    }

    /// All documents of a kind and parent.
    pub(crate) async fn all(&self, kind: &'static str, parent: &str) -> Result<Vec<Document>> {
        let mut all: Vec<Document> = Vec::new();
        loop {
            let after = all.last().map_or(String::new(), |last| last.name.clone());
            let page = self.store().documents(kind, parent, &after, PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }
}

fn default_database() -> DatabaseEntry {
    DatabaseEntry {
        name: LAKE_DATABASE.to_owned(),
        description: Some("The lake's tables, and those made without a database".to_owned()),
        ..DatabaseEntry::default()
    }
}

fn key(name: &str) -> Result<DocumentKey> {
    Ok(DocumentKey::new(DATABASE, "", encoded(name)?))
}

fn entry(document: &Document) -> Result<DatabaseEntry> {
    let mut entry: DatabaseEntry = serde_json::from_value(document.body.clone())
        .map_err(|source| Error::InvalidEntry { object: document.name.clone(), source })?;
    entry.created_at_us = document.created_at_us;
    Ok(entry)
}

pub(crate) fn body<T: Serialize>(object: &str, value: &T) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|source| Error::InvalidEntry { object: object.to_owned(), source })
}

/// A name as the store keeps it.
pub(crate) fn encoded(name: &str) -> Result<String> {
    let fits = !name.is_empty() && name.chars().count() <= 255 && !name.contains(['/', '\n', '\r', '\0']);
    if !fits {
        return Err(Error::InvalidName { name: name.chars().take(300).collect() });
    }
    Ok(utf8_percent_encode(name, ENCODED).to_string())
}
