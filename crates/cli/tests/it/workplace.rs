//! A folder of one's own, and the command in it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use testkit::process::{Output, ProcessCommand, Segue};

/// Longest wait for what takes a second on a machine that has nothing else to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// A folder of one test. Paths that the command is given are relative to it.
pub(crate) struct Workplace {
    folder: TempDir,
    pub(crate) segue: Segue,
}

impl Workplace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let segue = Segue::from_command(ProcessCommand::new(env!("CARGO_BIN_EXE_segue"))).current_dir(folder.path());
        Self { folder, segue }
    }

    /// A folder with two slices of sixty playlists in `raw`.
    pub(crate) async fn with_slices() -> Self {
        let workplace = Self::new();
        let line = "sample --output raw --slices 2 --playlists-per-slice 60 --tracks 2000 --quiet";
        workplace.success(line).await;
        workplace
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Runs a command line, whose words have no spaces.
    pub(crate) async fn run(&self, line: &str) -> Output {
        self.segue.run(line.split_whitespace()).await.unwrap()
    }

    pub(crate) async fn success(&self, line: &str) -> Output {
        self.run(line).await.success().unwrap()
    }

    /// The JSON document that a command line yields.
    pub(crate) async fn json(&self, line: &str) -> Value {
        self.success(line).await.json().unwrap()
    }

    /// The rows of a query.
    pub(crate) async fn rows(&self, sql: &str) -> Value {
        self.segue.run(["sql", "--json", sql]).await.unwrap().success().unwrap().json().unwrap()
    }

    /// The rows of a query on the raw slices.
    pub(crate) async fn rows_of_input(&self, sql: &str) -> Value {
        let sql = ["sql", "--json", "--input", "raw", sql];
        self.segue.run(sql).await.unwrap().success().unwrap().json().unwrap()
    }

    /// Cuts the first slice off in the middle.
    pub(crate) fn damage_slice(&self) {
        let path = self.path("raw/mpd.slice.0-59.json");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    }

    /// Writes a program that stands for the trainer: it starts, and then does as the script says.
    pub(crate) fn trainer(&self, script: &str) -> PathBuf {
        self.program("trainer", &format!("[ \"$1\" = version ] && exit 0\n{script}"))
    }

    /// Writes a program.
    pub(crate) fn program(&self, name: &str, script: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }
}

/// Waits until something holds.
pub(crate) async fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(POLL).await;
    }
}

/// Checks that a command failed as it should: with nothing on stdout, and with these parts of an explanation.
#[track_caller]
pub(crate) fn check_failure(output: &Output, code: i32, parts: &[&str]) {
    assert_eq!(output.code(), Some(code), "{output:?}");
    assert_eq!(output.stdout, "", "stdout is for data");
    for part in parts {
        assert!(output.stderr.contains(part), "`{part}` is not in: {}", output.stderr);
    }
    assert_eq!(output.stderr.matches("error: ").count(), 1, "{}", output.stderr);
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
}

/// Whether the trainer stands beside the command.
pub(crate) fn has_trainer() -> bool {
    Path::new(env!("CARGO_BIN_EXE_segue")).with_file_name("segue-model").is_file()
}
