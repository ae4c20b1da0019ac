//! Making, changing and removing documents.

use serde_json::Value as Json;

use crate::backend::{Fault, Session, Sql};
use crate::clock::now_us;
use crate::documents::DocumentKey;
use crate::{Error, Store};

const INSERT: &str = "INSERT INTO documents (kind, parent, name, revision, body_json, created_at_us, updated_at_us) \
     VALUES (?, ?, ?, 1, ?, ?, ?)";
/// Keys are checked before, so that a duplicate is all that MySQL can be made to pass over here.
const INSERT_MISSING: Sql = Sql::Each {
    sqlite: "INSERT INTO documents (kind, parent, name, revision, body_json, created_at_us, updated_at_us) \
         VALUES (?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING",
    mysql: "INSERT IGNORE INTO documents (kind, parent, name, revision, body_json, created_at_us, updated_at_us) \
         VALUES (?, ?, ?, 1, ?, ?, ?)",
};
const CREATED_AT: Sql =
    Sql::Same("SELECT created_at_us FROM documents WHERE kind = ? AND parent = ? AND name = ? AND revision = 1");
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

    /// Makes those of some documents that are not there, in one transaction.
    ///
    /// # Errors
    ///
    /// As [`Self::create_document`].
    pub async fn create_missing_documents(&self, documents: &[(DocumentKey, Json)]) -> Result<(), Error> {
        let Some((first, _)) = documents.first() else { return Ok(()) };
        documents.iter().try_for_each(|(key, _)| key.check())?;
        let now = now_us();
        let call = self.call("make", first);
        call.attempt(|| async {
            let mut session: Session = call.session().await?;
            session.begin().await?;
            let made = insert_missing(&mut session, documents, now).await;
            session.end(made).await
        })
        .await
    }

    /// Makes a document together with others that are not there, in one transaction, and tells whether it did: false,
    /// and nothing is made, if there is one under the name of the first.
    ///
    /// # Errors
    ///
    /// As [`Self::create_document`].
    pub async fn create_document_with(
        &self,
        key: &DocumentKey,
        body: &Json,
        dependents: &[(DocumentKey, Json)],
    ) -> Result<bool, Error> {
        key.check()?;
        dependents.iter().try_for_each(|(key, _)| key.check())?;
        let (now, own) = (now_us(), [(key.clone(), body.clone())]);
        let call = self.call("make", key);
        call.attempt(|| async {
            let mut session: Session = call.session().await?;
            session.begin().await?;
            let made = async {
                insert_missing(&mut session, &own, now).await?;
                // An attempt before may have succeeded although its answer was lost.
                let is_own = is_of(&mut session, key, now).await?;
                if is_own {
                    insert_missing(&mut session, dependents, now).await?;
                }
                Ok(is_own)
            }
            .await;
            session.end(made).await
        })
        .await
    }

    /// Puts a document in the place of another one, in one transaction, and tells whether it did: false, and nothing is
    /// changed, if there is one under the new name.
    ///
    /// # Errors
    ///
    /// As [`Self::create_document`].
    pub async fn move_document(&self, from: &DocumentKey, to: &DocumentKey, body: &Json) -> Result<bool, Error> {
        to.check()?;
        let (now, new) = (now_us(), [(to.clone(), body.clone())]);
        let call = self.call("move", from);
        call.attempt(|| async {
            let mut session: Session = call.session().await?;
            session.begin().await?;
            let moved = async {
                insert_missing(&mut session, &new, now).await?;
                let is_own = is_of(&mut session, to, now).await?;
                if is_own {
                    session.execute(&Sql::Same(DELETE), &from.values()).await?;
                }
                Ok(is_own)
            }
            .await;
            session.end(moved).await
        })
        .await
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

async fn insert_missing(session: &mut Session, documents: &[(DocumentKey, Json)], now: i64) -> Result<(), Fault> {
    for (key, body) in documents {
        let text = body.to_string();
        let [kind, parent, name] = key.values();
        let values = [kind, parent, name, text.as_str().into(), now.into(), now.into()];
        session.execute(&INSERT_MISSING, &values).await?;
    }
    Ok(())
}

/// Whether a document is the one that was made at a moment.
async fn is_of(session: &mut Session, key: &DocumentKey, now: i64) -> Result<bool, Fault> {
    let found = session.first_row(&CREATED_AT, &key.values()).await?;
    let created_at = found.map(|row| row.int("created_at_us")).transpose()?;
    Ok(created_at == Some(now))
}
