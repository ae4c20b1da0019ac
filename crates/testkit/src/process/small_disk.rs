//! A disk that is soon full.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::command::ProcessCommand;
use crate::environment::variable;

/// A folder that is a disk of its own for the processes that are started on it, and empty for all others.
///
/// It is a tmpfs in a mount namespace, so neither root nor cleaning up is needed: the disk is gone with the process.
#[derive(Clone, Debug)]
pub struct SmallDisk {
    folder: PathBuf,
    size: String,
    unshare: &'static [&'static str],
}

impl SmallDisk {
    /// Describes a disk of so many bytes (`96k`, `4m`) at a folder that exists.
    ///
    /// Where the system allows no mount namespace the test is skipped, with the reason on stderr; with `CI` set it
    /// fails instead.
    pub fn at(folder: &Path, size: &str) -> Option<Self> {
        const ROOTLESS: &[&str] = &["--user", "--map-root-user", "--mount"];
        const ROOT: &[&str] = &["--mount"];
        let unshare = [ROOTLESS, ROOT].into_iter().find(|flags| can_mount(flags, folder));
        if unshare.is_none() {
            refuse();
        }
        Some(Self { folder: folder.to_owned(), size: size.to_owned(), unshare: unshare? })
    }

    /// Describes a shell script whose processes see the disk. `$DISK` is its folder.
    pub fn script(&self, script: &str) -> ProcessCommand {
        ProcessCommand::new("unshare")
            .args(self.unshare)
            .args(["sh", "-euc", &format!("mount -t tmpfs -o size=\"$SIZE\" tmpfs \"$DISK\"\n{script}")])
            .env("DISK", self.folder.display().to_string())
            .env("SIZE", self.size.clone())
    }
}

fn can_mount(unshare: &[&str], folder: &Path) -> bool {
    let tried = Command::new("unshare")
        .args(unshare)
        .args(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs"])
        .arg(folder)
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

#[expect(clippy::panic, reason = "a test that cannot run where it has to run has failed")]
#[expect(clippy::print_stderr, reason = "the test harness shows it to whoever asks why nothing ran")]
fn refuse() {
    let reason = "neither root nor a user namespace may mount a tmpfs here";
    if variable("CI").is_some() {
        panic!("{reason}, although `CI` is set");
    }
    eprintln!("skipped: {reason}");
}
