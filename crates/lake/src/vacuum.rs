//! Removes what no reader can see, or may need, any more.

use std::{
    collections::HashSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStoreExt};
use serde::Serialize;
use uuid::Uuid;

use crate::{Error, Lake, Manifest, Result, Table};

/// What a vacuum keeps.
#[derive(Debug, Clone, Copy)]
pub struct VacuumOptions {
    /// Files and versions younger than this stay, whatever they are: a write may be at work on them, a reader may hold
    /// them. Must be longer than any write and any query takes.
    pub older_than: Duration,
    /// The latest versions of each table that stay whatever their age, at least one.
    pub keep_versions: usize,
    /// Whether to report only what would be removed.
    pub dry_run: bool,
}

impl Default for VacuumOptions {
    /// A week, and two versions.
    fn default() -> Self {
        Self { older_than: Duration::from_secs(7 * 24 * 3600), keep_versions: 2, dry_run: false }
    }
}

/// What a vacuum removed, or would have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VacuumReport {
    /// Versions that cannot be read any more.
    pub versions: u64,
    /// Files of these versions, and of writes that were never committed.
    pub files: u64,
    /// Bytes of the files.
    pub bytes: u64,
}

impl Lake {
    /// Removes old versions of all tables, and what writes that were never committed left behind.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if the lake cannot be listed or an object cannot be removed. What was removed until then
    /// stays removed, and no version that is kept has lost a file.
    pub async fn vacuum(&self, options: &VacuumOptions) -> Result<VacuumReport> {
        let mut report = VacuumReport::default();
        for name in self.table_folders().await? {
            let table = self.table(&name)?;
            table.vacuum(options, &mut report).await?;
        }
        Ok(report)
    }
}

impl Table {
    async fn vacuum(&self, options: &VacuumOptions, report: &mut VacuumReport) -> Result<()> {
        let now = SystemTime::now();
        let horizon = now.checked_sub(options.older_than).unwrap_or(UNIX_EPOCH);
        let age = horizon.duration_since(UNIX_EPOCH).unwrap_or_default();
        let horizon_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let mut versions = self.manifests().await?;
        let latest = versions.split_off(versions.len().saturating_sub(options.keep_versions.max(1)));
        let (old, kept): (Vec<Manifest>, Vec<Manifest>) =
            versions.into_iter().partition(|manifest| manifest.committed_at_ms < horizon_ms);
        let needed: HashSet<&str> =
            latest.iter().chain(&kept).flat_map(|manifest| &manifest.files).map(|file| file.path.as_str()).collect();
        // Manifests go first: a version that is gone may miss files, one that is there may not.
        for manifest in &old {
            report.versions += 1;
            if !options.dry_run {
                let path = self.manifest_path(manifest.version);
                self.store().delete(&path).await.map_err(Error::store("remove", &path))?;
            }
        }
        let root = self.path("").to_string();
        let is_needed = |meta: &ObjectMeta| {
            let relative = meta.location.as_ref().strip_prefix(&root).unwrap_or_default();
            needed.contains(relative.trim_start_matches('/'))
        };
        for folder in ["data", "_staging", "_candidates"] {
            let prefix = self.path(folder);
            let listed: Vec<ObjectMeta> =
                self.store().list(Some(&prefix)).try_collect().await.map_err(Error::store("list", &prefix))?;
            let is_old = |meta: &ObjectMeta| {
                let within = meta.location.as_ref().strip_prefix(prefix.as_ref()).unwrap_or_default();
                // A file that was carried over may be a link, which has the age of the file that it is a link to.
                SystemTime::from(meta.last_modified) < horizon
                    && write_time(within).is_none_or(|written| written < horizon)
            };
            for meta in listed.iter().filter(|meta| is_old(meta) && !is_needed(meta)) {
                report.files += 1;
                report.bytes += meta.size;
                if !options.dry_run {
                    let removed = self.store().delete(&meta.location).await;
                    removed.map_err(Error::store("remove", &meta.location))?;
                }
            }
        }
        Ok(())
    }

    async fn manifests(&self) -> Result<Vec<Manifest>> {
        let mut manifests = Vec::new();
        for version in self.versions().await? {
            manifests.push(self.manifest(version).await?);
        }
        Ok(manifests)
    }
}

/// When the write began whose id the path within a table's folder begins with, if the id tells it.
fn write_time(within: &str) -> Option<SystemTime> {
    let id = Uuid::try_parse(within.trim_start_matches('/').split(['/', '.']).next()?).ok()?;
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))
}
