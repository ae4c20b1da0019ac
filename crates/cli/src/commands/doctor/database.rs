//! The database.

use super::check::Check;
use crate::{failure::message, settings::Settings};

const NAME: &str = "database";

/// Whether the database answers and its tables are those of this version; missing ones are created.
pub(super) async fn check(settings: &Settings) -> Check {
    match settings.open_store().await {
        Ok(store) => match store.ping().await {
            Ok(()) => Check::ok(NAME, format!("{}, its tables are up to date", store.url())),
            Err(error) => Check::fail(NAME, message(&error.into()), "see whether it is overloaded"),
        },
        Err(error) => Check::fail(NAME, message(&error), "check --database, and that the server runs"),
    }
}
