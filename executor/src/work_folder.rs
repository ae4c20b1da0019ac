//! What lies on the disk of shuffle files and spills, as metrics: a disk that fills up fails jobs.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use prometheus::{IntGauge, IntGaugeVec, Opts};
use tracing::debug;

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Folders that an executor makes in its own.
const KINDS: [&str; 2] = ["shuffle", "spill"];

/// Gauges of a work folder; if executors share one, each tells of all of it.
#[derive(Debug, Clone)]
pub(crate) struct WorkFolder {
    path: PathBuf,
    bytes: IntGaugeVec,
    free: IntGauge,
}

impl WorkFolder {
    /// Gauges in the process's registry.
    pub(crate) fn registered(path: &Path) -> prometheus::Result<Self> {
        let bytes = Opts::new("segue_executor_work_bytes", "Bytes of shuffle files and spills in the work folder.");
        let folder = Self {
            path: path.to_owned(),
            bytes: IntGaugeVec::new(bytes, &["kind"])?,
            free: IntGauge::new("segue_executor_work_free_bytes", "Free bytes on the disk of the work folder.")?,
        };
        prometheus::default_registry().register(Box::new(folder.bytes.clone()))?;
        prometheus::default_registry().register(Box::new(folder.free.clone()))?;
        Ok(folder)
    }

    /// Looks again and again until the process ends.
    pub(crate) async fn watch(self) {
        loop {
            let folder = self.clone();
            match tokio::task::spawn_blocking(move || folder.look()).await {
                Ok(Err(error)) => debug!(error = %error, "cannot look at the work folder"),
                Ok(Ok(())) => {}
                Err(_) => return,
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn look(&self) -> io::Result<()> {
        let disk = nix::sys::statvfs::statvfs(&self.path)?;
        self.free.set(whole(disk.blocks_available().saturating_mul(disk.fragment_size())));
        for kind in KINDS {
            let bytes = executors(&self.path)?.iter().map(|executor| size(&executor.join(kind))).sum();
            self.bytes.with_label_values(&[kind]).set(whole(bytes));
        }
        Ok(())
    }
}

fn executors(work_dir: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(work_dir)?.map(|entry| Ok(entry?.path())).collect()
}

/// Bytes of all files below a folder. What goes away meanwhile counts as nothing.
fn size(path: &Path) -> u64 {
    let Ok(about) = fs::symlink_metadata(path) else { return 0 };
    if !about.is_dir() {
        return about.len();
    }
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}

fn whole(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_executors_are_added_up_by_kind() {
        let place = std::env::temp_dir().join(format!("segue-work-folder-{}", std::process::id()));
        for (file, bytes) in [("a/shuffle/job/1/data", 10), ("b/shuffle/data", 5), ("a/spill/x", 7)] {
            fs::create_dir_all(place.join(file).parent().unwrap()).unwrap();
            fs::write(place.join(file), vec![0; bytes]).unwrap();
        }
        let folder = WorkFolder::registered(&place).unwrap();
        folder.look().unwrap();
        let of = |kind| folder.bytes.with_label_values(&[kind]).get();
        assert_eq!((of("shuffle"), of("spill")), (15, 7));
        assert!(folder.free.get() > 0);
        fs::remove_dir_all(&place).unwrap();
        assert!(folder.look().is_err());
    }
}
