//! Places as people type them.

use std::{
    convert::Infallible,
    fs,
    path::{self, Component, Path, PathBuf},
};

/// Resolves the `..` of a path, which the addresses of object stores cannot have; leaves everything else as typed.
pub(crate) fn parse(text: &str) -> Result<String, Infallible> {
    let path = Path::new(text);
    if text.contains("://") || !path.components().any(|component| component == Component::ParentDir) {
        return Ok(text.to_owned());
    }
    // What exists may have been reached through a link, and then `..` is not the folder that was typed before it.
    let resolved = fs::canonicalize(path).or_else(|_| path::absolute(path).map(|path| without_detours(&path)));
    Ok(resolved.map_or_else(|_| text.to_owned(), |path| path.display().to_string()))
}

fn without_detours(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        if component == Component::ParentDir {
            resolved.pop();
        } else {
            resolved.push(component);
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn paths_may_lead_upwards() {
        check("data/lake", "data/lake");
        check("s3://bucket/a/../b", "s3://bucket/a/../b");
        check("/nowhere/a/../b/./c/..", "/nowhere/b");
        check("/../..", "/");
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let canonical = fs::canonicalize(folder.path()).unwrap();
        check(&format!("{}/..", inner.display()), &canonical.display().to_string());
    }
}
