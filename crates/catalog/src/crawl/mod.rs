//! The crawler: finds tables below a place, and keeps the catalog in step with them.
//!
//! ```text
//! files ─► layout: folders are tables, `key=value` folders their partitions
//!            └─► detect: format and columns, from the heads of some files
//!                  └─► drift: what differs from the catalog ─► register
//! ```
//!
//! A table is known again by its location. Columns are added and widened, never removed, as old files may have them;
//! partitions are added, and those whose files are gone are reported only.

mod detect;
mod drift;
mod layout;
mod register;
mod report;
mod sample;
mod text;

use futures::TryStreamExt;
use lake::ObjectStores;
use object_store::{ObjectMeta, ObjectStore};
use url::Url;

use crate::{Catalog, Result, TableEntry};
use detect::Detected;
use layout::FoundTable;
pub use report::{ColumnChange, CrawlProblem, CrawlReport, CrawledTable, TableChange};

/// What the crawler is to do.
#[derive(Debug, Clone)]
pub struct CrawlOptions {
    /// Database of the tables; made if it is not there.
    pub database: String,
    /// What names of tables begin with.
    pub prefix: String,
    /// Look and report only.
    pub dry_run: bool,
}

/// Finds the tables below a folder and registers them.
///
/// # Errors
/// [`crate::Error::Store`], [`crate::Error::Lake`] and [`crate::Error::Files`] if a place fails; what is wrong with a
/// table is in the report.
pub async fn crawl(
    catalog: &Catalog,
    stores: &ObjectStores,
    place: &Url,
    options: &CrawlOptions,
) -> Result<CrawlReport> {
    let (store, root) = stores.resolve(place)?;
    let files: Vec<ObjectMeta> = store.list(Some(&root)).try_collect().await?;
    let (found, mut problems) = layout::tables(files, &root, place, &options.prefix);
    let mut report = CrawlReport::new(place, options);
    if !options.dry_run && !found.is_empty() {
        register::ensure_database(catalog, &options.database).await?;
    }
    for table in found {
        match detect::detect(&store, &table).await? {
            Ok(detected) => report.tables.push(compare(catalog, options, &table, detected).await?),
            Err(problem) => problems.push(CrawlProblem { path: table.location.clone(), problem }),
        }
    }
    report.problems = problems;
    Ok(report)
}

/// Compares a table with what the catalog has of it, and brings the catalog in step.
async fn compare(
    catalog: &Catalog,
    options: &CrawlOptions,
    found: &FoundTable,
    detected: Detected,
) -> Result<CrawledTable> {
    let known = match register::known(catalog, &options.database, found).await? {
        register::Known::New => None,
        register::Known::Same(entry) => Some(entry),
        register::Known::NameTaken(entry) => return Ok(CrawledTable::name_taken(found, &entry)),
    };
    let mut crawled = match &known {
        None => CrawledTable::new(found, &detected),
        Some(entry) => drift::compare(entry, found, &detected),
    };
    let registered = match &known {
        Some(entry) => catalog.partitions(entry).await?,
        None => Vec::new(),
    };
    let missing = drift::partitions(&mut crawled, found, &registered);
    if options.dry_run {
        return Ok(crawled);
    }
    let name = crawled.table.clone();
    match (&known, crawled.change) {
        (None, _) => register::create(catalog, &options.database, found, &detected, &crawled).await?,
        (Some(entry), TableChange::Changed) => register::update(catalog, entry, &crawled).await?,
        (Some(_), _) => {}
    }
    let entry: TableEntry = catalog.table(&options.database, &name).await?;
    register::add_partitions(catalog, &entry, found, &missing).await?;
    Ok(crawled)
}
