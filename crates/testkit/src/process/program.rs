//! Where the programs under test are.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::environment::variable;

/// The variable that names the folder with the programs, if it is not the one of the test.
pub const PROGRAM_FOLDER_VARIABLE: &str = "SEGUE_BIN_DIR";

/// Finds a program of this workspace: in the folder that `SEGUE_BIN_DIR` names, else in that of the build
/// that the running test belongs to.
///
/// # Errors
/// If the program has not been built.
pub fn find_program(name: &str) -> Result<PathBuf> {
    let folder = match variable(PROGRAM_FOLDER_VARIABLE) {
        Some(folder) => PathBuf::from(folder),
        None => build_folder(&env::current_exe().context("finding the running test")?),
    };
    let program = folder.join(name);
    ensure!(
        program.is_file(),
        "there is no program {name} in {}: run `cargo build --workspace --bins` first",
        folder.display()
    );
    Ok(program)
}

/// Cargo puts tests into `target/<profile>/deps` and programs into the folder above.
fn build_folder(test: &Path) -> PathBuf {
    let folder = test.parent().unwrap_or(test);
    match folder.parent() {
        Some(profile) if folder.ends_with("deps") => profile.to_owned(),
        _ => folder.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(test: &str, expected: &str) {
        assert_eq!(build_folder(Path::new(test)), Path::new(expected));
    }

    #[test]
    fn programs_stand_beside_the_folder_of_the_tests() {
        check("/src/target/debug/deps/it-0a1b", "/src/target/debug");
        check("/elsewhere/release/deps/it-0a1b", "/elsewhere/release");
        check("/src/target/debug/it", "/src/target/debug");
    }

    #[test]
    fn a_program_that_was_not_built_is_explained() {
        let error = find_program("segue-never-built").unwrap_err().to_string();
        assert!(error.contains("segue-never-built"), "{error}");
        assert!(error.contains("cargo build --workspace --bins"), "{error}");
    }
}
