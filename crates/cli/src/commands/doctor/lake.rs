//! The lake.

use ::lake::Lake;

use super::check::Check;
use crate::{failure::message, settings::Settings};

const NAME: &str = "lake";

/// Opens the lake, which creates it in an empty place.
pub(super) async fn open(settings: &Settings) -> Result<(Check, Lake), Check> {
    let fix = "check --lake and, for S3, the AWS_* variables";
    let lake = settings.open_lake().await.map_err(|error| Check::fail(NAME, message(&error), fix))?;
    match lake.tables().await {
        Ok(tables) => Ok((Check::ok(NAME, format!("{} with {} tables", lake.url(), tables.len())), lake)),
        Err(error) => Err(Check::fail(NAME, message(&error.into()), fix)),
    }
}
