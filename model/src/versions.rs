//! Versions of the parts that decide what a model computes; they go into every artefact.

use serde::Serialize;
use tch::Cuda;

/// Version of Segue.
pub const SEGUE: &str = env!("CARGO_PKG_VERSION");

/// Version of the `tch` bindings; a test holds it against the lock file.
pub const TCH: &str = "0.26.0";

/// Version of libtorch that this build links.
pub const LIBTORCH: &str = env!("SEGUE_LIBTORCH_VERSION");

/// Revision of the source that this was built from, where whoever built it said so.
pub const REVISION: Option<&str> = match option_env!("SEGUE_REVISION") {
    Some(revision) if !revision.is_empty() => Some(revision),
    _ => None,
};

/// Everything that `segue-model version` tells.
#[derive(Debug, Clone, Serialize)]
pub struct Versions {
    /// Version of Segue.
    pub segue: &'static str,
    /// Revision of the source, where it is known.
    pub revision: Option<&'static str>,
    /// Version of the `tch` bindings.
    pub tch: &'static str,
    /// Version of libtorch.
    pub libtorch: &'static str,
    /// Devices that libtorch can use, the processor first.
    pub devices: Vec<String>,
    /// Threads that libtorch uses unless told otherwise.
    pub threads: i32,
}

impl Versions {
    /// Asks libtorch what it can use here.
    pub fn detect() -> Self {
        let cuda = (0..Cuda::device_count()).map(|index| format!("cuda:{index}"));
        Self {
            segue: SEGUE,
            revision: REVISION,
            tch: TCH,
            libtorch: LIBTORCH,
            devices: std::iter::once("cpu".to_owned()).chain(cuda).collect(),
            threads: tch::get_num_threads(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tch_version_is_the_locked_one() {
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).unwrap();
        let package = format!("name = \"tch\"\nversion = \"{TCH}\"\n");
        assert!(lock.contains(&package), "TCH is {TCH}, the lock file has another version of tch");
    }

    #[test]
    fn processor_is_always_among_the_devices() {
        assert_eq!(Versions::detect().devices[0], "cpu");
    }
}
