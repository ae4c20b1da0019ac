//! Which slices a table has not seen yet.

use std::{collections::BTreeSet, fmt, str::FromStr};

use lake::Origin;
use serde::Serialize;
use udfs::scan::SliceVersions;

use crate::{Error, Result};

/// What happens to the rows of slices that are there no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedSlices {
    /// They are removed, so that the tables are what reading all slices anew would make.
    #[default]
    Remove,
    /// They stay until everything is read anew; for places where slices expire.
    Keep,
    /// The run fails.
    Fail,
}

impl FromStr for RemovedSlices {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "remove" => Ok(Self::Remove),
            "keep" => Ok(Self::Keep),
            "fail" => Ok(Self::Fail),
            other => Err(format!("unknown policy `{other}`: expected remove, keep or fail")),
        }
    }
}

/// What a step has to do so that its table has the rows of all slices.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Increment {
    /// Slices to read.
    pub(crate) read: SliceVersions,
    /// Slices whose rows are replaced or removed; [`None`] if all rows of the table are replaced.
    pub(crate) replaced: Option<BTreeSet<String>>,
    /// Slices that the table has the rows of when that is done.
    pub(crate) sources: SliceVersions,
}

/// How many slices a step read, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) read: usize,
    pub(crate) removed: usize,
    pub(crate) unchanged: usize,
}

impl Increment {
    /// Compares what a table was made from with the slices that are there now.
    pub(crate) fn between(
        before: Option<&Origin>,
        definition: &str,
        now: &SliceVersions,
        policy: RemovedSlices,
    ) -> Result<Self> {
        let Some(before) = before.filter(|before| before.definition == definition) else {
            return Ok(Self { read: now.clone(), replaced: None, sources: now.clone() });
        };
        let is_new = |path: &String, version: &String| before.sources.get(path) != Some(version);
        let read: SliceVersions =
            now.iter().filter(|(path, version)| is_new(path, version)).map(|(p, v)| (p.clone(), v.clone())).collect();
        let gone: Vec<&String> = before.sources.keys().filter(|path| !now.contains_key(*path)).collect();
        let mut replaced: BTreeSet<String> = read.keys().cloned().collect();
        let mut sources = now.clone();
        match (policy, gone.first()) {
            (RemovedSlices::Fail, Some(first)) => {
                return Err(Error::BadInput(format!(
                    "{} slices that the lake has rows of are gone, such as `{first}`: put them back, or say \
                     --removed-slices remove or keep",
                    gone.len()
                )));
            }
            (RemovedSlices::Keep, _) => {
                let kept = gone.into_iter().filter_map(|path| before.sources.get_key_value(path));
                sources.extend(kept.map(|(path, version)| (path.clone(), version.clone())));
            }
            _ => replaced.extend(gone.into_iter().cloned()),
        }
        Ok(Self { read, replaced: Some(replaced), sources })
    }

    /// Whether the table has the rows of all slices already.
    pub(crate) fn is_done(&self) -> bool {
        self.replaced.as_ref().is_some_and(BTreeSet::is_empty)
    }

    /// How many slices that are.
    pub(crate) fn counts(&self) -> Counts {
        let removed = self.replaced.iter().flatten().filter(|path| !self.read.contains_key(*path)).count();
        Counts { read: self.read.len(), removed, unchanged: self.sources.len() - self.read.len() }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} slices read, {} removed, {} unchanged", self.read, self.removed, self.unchanged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(slices: &[(&str, &str)]) -> SliceVersions {
        slices.iter().map(|(path, version)| ((*path).to_owned(), (*version).to_owned())).collect()
    }

    fn before(slices: &[(&str, &str)]) -> Origin {
        Origin { definition: "d".to_owned(), sources: versions(slices) }
    }

    fn between(policy: RemovedSlices) -> Result<Increment> {
        let now = versions(&[("a", "1"), ("b", "2"), ("d", "1")]);
        Increment::between(Some(&before(&[("a", "1"), ("b", "1"), ("c", "1")])), "d", &now, policy)
    }

    fn names(paths: &[&str]) -> Option<BTreeSet<String>> {
        Some(paths.iter().map(|path| (*path).to_owned()).collect())
    }

    #[test]
    fn new_changed_and_removed_slices_are_told_apart() {
        let increment = between(RemovedSlices::Remove).unwrap();
        assert_eq!(increment.read, versions(&[("b", "2"), ("d", "1")]));
        assert_eq!(increment.replaced, names(&["b", "c", "d"]));
        assert_eq!(increment.sources, versions(&[("a", "1"), ("b", "2"), ("d", "1")]));
        assert_eq!(increment.counts().to_string(), "2 slices read, 1 removed, 1 unchanged");
    }

    #[test]
    fn the_policy_decides_about_removed_slices() {
        let increment = between(RemovedSlices::Keep).unwrap();
        assert_eq!(increment.replaced, names(&["b", "d"]));
        assert_eq!(increment.sources, versions(&[("a", "1"), ("b", "2"), ("c", "1"), ("d", "1")]));
        let error = between(RemovedSlices::Fail).unwrap_err();
        assert!(error.to_string().starts_with("1 slices that the lake has rows of are gone, such as `c`"), "{error}");
    }

    #[test]
    fn another_definition_reads_everything() {
        let now = versions(&[("a", "1")]);
        let increment = Increment::between(Some(&before(&[("a", "1")])), "e", &now, RemovedSlices::Fail).unwrap();
        assert_eq!((increment.read.len(), &increment.replaced, increment.is_done()), (1, &None, false));
        let same = Increment::between(Some(&before(&[("a", "1")])), "d", &now, RemovedSlices::Fail).unwrap();
        assert!(same.is_done() && same.read.is_empty());
    }
}
