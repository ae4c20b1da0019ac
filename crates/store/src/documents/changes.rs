//! Making, changing and removing documents.

use serde_json::Value as Json;

use crate::backend::{Session, Sql};
use crate::clock::now_us;
use crate::documents::DocumentKey;
use crate::{Error, Store};

const INSERT: &str = "INSERT INTO documents (kind, parent, name, revision, body_json, created_at_us, updated_at_us) \
     VALUES (?, ?, ?, 1, ?, ?, ?)";
const REPLACE: &str = "UPDATE documents SET body_json = ?, updated_at_us = ?, revision = revision + 1 \
     WHERE kind = ? AND parent = ? AND name = ? AND revision = ?";
const DELETE: &str = "DELETE FROM documents WHERE kind = ? AND parent = ? AND name = ?";
const DELETE_ALL: Sql = Sql::Same("DELETE FROM documents WHERE kind = ? AND parent = ?");

impl Store {
    /// Makes a document and tells whether it did: false if there is one under this name.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] when the name does not fit; [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn create_document(&self, key: &DocumentKey, body: &Json) -> Result<bool, Error> {
        key.check()?;
        let (now, text) = (now_us(), body.to_string());
        let [kind, parent, name] = key.values();
        let values = [kind, parent, name, text.as_str().into(), now.into(), now.into()];
        match self.call("make", key).execute(INSERT, &values).await {
            // The first attempt may have succeeded although its answer was lost; then the row is this call's own.
            Err(error) if error.is_duplicate() => {
                let found = self.document(key).await?;
                Ok(found.is_some_and(|found| found.created_at_us == now && found.revision == 1 && found.body == *body))
            }
            result => result.map(|_| true),
        }
    }

    /// Changes a document and tells whether it did: false if it is gone or has another revision than `revision`.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn replace_document(&self, key: &DocumentKey, body: &Json, revision: u64) -> Result<bool, Error> {
        let (now, text) = (now_us(), body.to_string());
        let [kind, parent, name] = key.values();
        let values = [text.as_str().into(), now.into(), kind, parent, name, revision.into()];
        if self.call("change", key).execute(REPLACE, &values).await? > 0 {
            return Ok(true);
        }
        let found = self.document(key).await?;
        let is_own = |found: &crate::Document| {
            found.revision == revision + 1 && found.updated_at_us == now && found.body == *body
        };
        Ok(found.as_ref().is_some_and(is_own))
    }

    /// Removes a document and tells whether there was one.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn delete_document(&self, key: &DocumentKey) -> Result<bool, Error> {
        Ok(self.call("remove", key).execute(DELETE, &key.values()).await? > 0)
    }

    /// Removes a document together with all documents of the kinds and parents given, in one transaction, and tells
    /// whether there was one of that name.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn delete_document_with(
        &self,
        key: &DocumentKey,
        dependents: &[(&'static str, String)],
    ) -> Result<bool, Error> {
        let call = self.call("remove", key);
        call.attempt(|| async {
            let mut session: Session = call.session().await?;
            session.begin().await?;
            let removed = async {
                for (kind, parent) in dependents {
                    session.execute(&DELETE_ALL, &[(*kind).into(), parent.as_str().into()]).await?;
                }
                session.execute(&Sql::Same(DELETE), &key.values()).await
            }
            .await;
            Ok(session.end(removed).await? > 0)
        })
        .await
    }
}
