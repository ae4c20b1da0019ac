//! Cores, memory and disks.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use ::lake::ObjectStores;
use nix::sys::statvfs::statvfs;

use super::check::Check;
use crate::{
    settings::{self, Settings},
    units,
};

/// Below this a run over the sample data may be killed.
const LITTLE_MEMORY_BYTES: u64 = 4_000_000_000;
/// Below this a run over the sample data may fail.
const LITTLE_DISK_BYTES: u64 = 2_000_000_000;

/// How many tasks run at the same time.
pub(super) fn processors() -> Check {
    match settings::processors() {
        1 => Check::warn("processors", "1 core", "give this machine or container at least 2 cores"),
        cores => Check::ok("processors", format!("{cores} cores")),
    }
}

/// The memory that is free, or the container's limit if that is lower.
pub(super) fn memory() -> Check {
    const NAME: &str = "memory";
    let available = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available_bytes(&text));
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    let Some(bytes) = [available, limit].into_iter().flatten().min() else {
        return Check::warn(NAME, "unknown", "see to it that 4 GB are free");
    };
    let finding = format!("{} free", units::bytes(bytes));
    if bytes < LITTLE_MEMORY_BYTES {
        return Check::warn(NAME, finding, "free some memory or raise the container's limit; 4 GB are comfortable");
    }
    Check::ok(NAME, finding)
}

/// Free space where data and shuffle files go.
pub(super) fn disks(settings: &Settings) -> Vec<Check> {
    let lake = ObjectStores::parse_url(&settings.lake).ok().and_then(|url| url.to_file_path().ok());
    let mut checks: Vec<Check> = lake.iter().map(|folder| disk("lake disk", folder, "--lake")).collect();
    checks.push(disk("temporary disk", &env::temp_dir(), "TMPDIR"));
    checks
}

fn disk(name: &'static str, folder: &Path, setting: &str) -> Check {
    let fix = format!("free some space, or choose another disk with {setting}");
    let place = existing(folder);
    match statvfs(&place) {
        Ok(disk) => {
            let bytes = disk.blocks_available().saturating_mul(disk.fragment_size());
            let finding = format!("{} free at {}", units::bytes(bytes), place.display());
            if bytes < LITTLE_DISK_BYTES { Check::warn(name, finding, fix) } else { Check::ok(name, finding) }
        }
        Err(error) => Check::fail(name, format!("{} cannot be used: {error}", place.display()), fix),
    }
}

/// The folder, or the one above it that exists.
fn existing(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/")).to_owned()
}

fn available_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_kernels_words() {
        let meminfo = "MemTotal:       24090112 kB\nMemAvailable:   22000000 kB\nBuffers: 1 kB\n";
        assert_eq!(available_bytes(meminfo), Some(22_528_000_000));
        assert_eq!(available_bytes("MemTotal: 1 kB\n"), None);
    }

    #[test]
    fn measures_the_disk_of_a_folder_that_is_yet_to_be_made() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(existing(&folder.path().join("a/b")), folder.path());
        let check = disk("lake disk", &folder.path().join("a"), "--lake");
        assert!(check.finding.contains(&folder.path().display().to_string()), "{check:?}");
    }
}
