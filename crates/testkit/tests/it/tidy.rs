//! The rules that guard the architecture: which crate may use which, where settings come from, how long a
//! file may be, and what a SQL file says about itself. Taste is for reading, not for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const MAX_LINES: usize = 800;

/// What each crate of the workspace may use of the others. Edges point one way, from binaries to foundations.
const ALLOWED_EDGES: [(&str, &[&str]); 21] = [
    ("runtime", &[]),
    ("lake", &[]),
    ("store", &[]),
    ("sample", &[]),
    ("notify", &[]),
    ("cooccurrence", &[]),
    ("trino", &[]),
    ("hive", &[]),
    ("udfs", &["cooccurrence", "hive", "lake", "runtime", "trino"]),
    ("cluster", &["lake", "runtime", "udfs"]),
    ("pipeline", &["cluster", "lake", "runtime", "store", "udfs"]),
    ("watch", &["lake", "notify", "pipeline", "runtime", "store", "udfs"]),
    ("athena", &[]),
    ("catalog", &["athena", "hive", "lake", "store", "trino", "udfs"]),
    ("endpoint", &["athena", "catalog", "cluster", "hive", "lake", "runtime", "store", "trino", "udfs"]),
    ("scheduler", &["athena", "catalog", "cluster", "endpoint", "lake", "runtime", "store", "udfs"]),
    ("executor", &["cluster", "lake", "runtime", "udfs"]),
    ("model", &["lake", "runtime"]),
    (
        "cli",
        &[
            "athena",
            "catalog",
            "cluster",
            "endpoint",
            "executor",
            "lake",
            "pipeline",
            "runtime",
            "sample",
            "scheduler",
            "store",
            "trino",
            "udfs",
            "notify",
            "watch",
        ],
    ),
    ("testkit", &[]),
    ("e2e", &[]),
];

/// What tests may use besides. `e2e` tests the whole system and runs `model` as a process only.
const ALLOWED_IN_TESTS: [&str; 3] = ["athena", "sample", "testkit"];
const ALLOWED_IN_E2E: [&str; 10] =
    ["athena", "cluster", "lake", "pipeline", "runtime", "sample", "scheduler", "store", "testkit", "udfs"];

/// Who may use a library that has one owner. The test kit creates and drops databases.
const OWNERS: [(&str, &[&str]); 2] = [("sqlx", &["store", "testkit"]), ("tch", &["model"])];

/// Where the environment is read, besides clap and build scripts.
const ENVIRONMENT_READERS: [&str; 3] = [
    // Credentials and endpoints of object stores have fixed names that every AWS tool knows.
    "crates/lake/src/object_stores.rs",
    "crates/testkit/src/environment.rs",
    // libgomp's own variable, which has to be set before anything else happens.
    "model/src/waiting.rs",
];

#[test]
fn crates_use_only_what_they_may() {
    let packages = packages();
    let members: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED_EDGES.into();
    assert_eq!(members, allowed.keys().copied().collect(), "a crate came or went: ALLOWED_EDGES knows them all");
    for (name, dependencies) in &packages {
        for (dependency, is_dev) in dependencies {
            if members.contains(dependency.as_str()) {
                let may = is_edge_allowed(allowed[name.as_str()], name, dependency, *is_dev);
                assert!(may, "{name} uses {dependency}, which ALLOWED_EDGES does not allow");
            }
        }
    }
}

#[test]
fn libraries_with_an_owner_are_used_by_nobody_else() {
    for (name, dependencies) in &packages() {
        for (library, owners) in OWNERS {
            let uses = dependencies.iter().any(|(dependency, _)| dependency == library);
            assert!(!uses || owners.contains(&name.as_str()), "{name} uses {library}, which belongs to {owners:?}");
        }
    }
}

/// `cargo clean --workspace` removes built files by the names of targets, and would take those of the package with them,
/// so that whatever needs it is built again.
#[test]
fn no_target_is_called_like_a_package_from_elsewhere() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let foreign: BTreeSet<String> = lock
        .split("[[package]]")
        .filter(|package| package.contains("\nsource = "))
        .filter_map(|package| package.split('"').nth(1).map(file_stem))
        .collect();
    assert!(foreign.contains("parquet"), "{} packages from elsewhere", foreign.len());
    for package in metadata()["packages"].as_array().unwrap() {
        for target in package["targets"].as_array().unwrap() {
            let name = target["name"].as_str().unwrap();
            assert!(!foreign.contains(&file_stem(name)), "{}: rename the target {name}", package["name"]);
        }
    }
}

#[test]
fn no_rust_file_is_too_long() {
    for (path, text) in files("rs") {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines, {MAX_LINES} at most: split it", path.display());
    }
}

#[test]
fn settings_come_from_the_configuration() {
    for (path, text) in files("rs") {
        let is_production = !path.ends_with("build.rs") && !path.components().any(|part| part.as_os_str() == "tests");
        if is_production && reads_environment(&text) {
            let known = ENVIRONMENT_READERS.iter().any(|reader| path == Path::new(reader));
            assert!(known, "{} reads the environment: take the value from the configuration", path.display());
        }
    }
}

#[test]
fn every_statement_of_the_pipeline_says_what_it_yields() {
    let statements: Vec<_> = files("sql").into_iter().filter(|(path, _)| path.starts_with("sql/pipeline")).collect();
    assert!(!statements.is_empty(), "there is no statement in sql/pipeline");
    for (path, text) in statements {
        if let Err(problem) = check_header(&text) {
            panic!("{}: {problem}", path.display());
        }
    }
}

#[test]
fn the_rules_tell_good_from_bad() {
    assert!(is_edge_allowed(&["lake"], "udfs", "lake", false));
    assert!(!is_edge_allowed(&["lake"], "udfs", "store", false));
    assert!(is_edge_allowed(&[], "store", "testkit", true));
    assert!(!is_edge_allowed(&[], "store", "testkit", false));
    assert!(is_edge_allowed(&[], "e2e", "store", true));
    assert!(!is_edge_allowed(&[], "e2e", "model", true));

    assert!(reads_environment("let home = std::env::var(\"HOME\");"));
    assert!(reads_environment("for (name, _) in env::vars_os() {"));
    assert!(!reads_environment("//! `std::env::var(` is for others"));
    assert!(!reads_environment("const VERSION: &str = env!(\"CARGO_PKG_VERSION\");"));

    assert!(check_header("-- Tracks with their artists.\n-- grain: one row per track\nSELECT 1").is_ok());
    assert!(check_header("-- Tracks with their artists.\nSELECT 1 -- grain: one").is_err());
    assert!(check_header("-- grain: one row per track\nSELECT 1").is_err());
    assert!(check_header("SELECT 1").is_err());
}

fn is_edge_allowed(edges: &[&str], name: &str, dependency: &str, is_dev: bool) -> bool {
    let in_tests: &[&str] = if name == "e2e" { &ALLOWED_IN_E2E } else { &ALLOWED_IN_TESTS };
    edges.contains(&dependency) || (is_dev && in_tests.contains(&dependency))
}

fn reads_environment(text: &str) -> bool {
    const READERS: [&str; 4] = ["env::var(", "env::var_os(", "env::vars(", "env::vars_os("];
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .any(|line| READERS.iter().any(|reader| line.contains(reader)))
}

/// The header is the comment at the top: its first line is the purpose, a later one the grain.
fn check_header(text: &str) -> Result<(), &'static str> {
    let mut header = text.lines().map_while(|line| line.strip_prefix("--")).map(str::trim);
    let is_grain = |line: &str| line.to_lowercase().starts_with("grain:");
    let purpose = header.next().ok_or("expected a comment with the purpose in the first line")?;
    if purpose.is_empty() || is_grain(purpose) {
        return Err("expected the purpose in the first line of the header");
    }
    header.any(is_grain).then_some(()).ok_or("expected `-- grain: one row per ...` in the header")
}

/// What the files of a target begin with, whose name is this.
fn file_stem(name: &str) -> String {
    name.replace('-', "_")
}

/// What cargo knows of the workspace.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The crates of the workspace, each with its dependencies and whether they are for tests.
fn packages() -> BTreeMap<String, Vec<(String, bool)>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let dependency = |value: &Value| (text(&value["name"]), value["kind"] == "dev");
    metadata()["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            (text(&package["name"]), dependencies.iter().map(dependency).collect())
        })
        .collect()
}

/// All files of an extension, as paths from the root with their text.
fn files(extension: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && !["target", "data"].contains(&name.as_str()) {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "there is no .{extension} file");
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}
