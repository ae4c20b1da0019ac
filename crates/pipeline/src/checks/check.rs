//! The checks by name.

use crate::Step;

/// A check of what a step has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    /// Name of the check, and of its file.
    pub name: &'static str,
    /// Its query.
    pub sql: &'static str,
}

macro_rules! checks {
    ($($name:literal),* $(,)?) => {
        [$(Check { name: $name, sql: include_str!(concat!("../../../../sql/checks/", $name, ".sql")) }),*]
    };
}

impl Check {
    /// All checks of the steps that the program knows; those of a step run in this order.
    pub const ALL: [Self; 8] = checks![
        "duplicate_playlists",
        "playlists_reconciled",
        "quarantined_playlists",
        "declared_track_counts",
        "doubled_playlists",
        "tracks_reconciled",
        "malformed_uris",
        "durations",
    ];

    /// The checks of a step, in the order in which they run.
    pub fn of(step: Step) -> impl Iterator<Item = Self> {
        let builtin = Self::ALL.into_iter().filter(move |check| check.step() == step.name());
        let own = match step {
            Step::Own(own) => own.checks,
            _ => &[],
        };
        builtin.chain(own.iter().copied())
    }

    /// Whether its header says what cannot be left out.
    pub(crate) fn is_complete(&self) -> bool {
        ["purpose", "inputs"].iter().all(|key| self.header(key).is_some_and(|value| !value.is_empty()))
    }

    /// What the check is for, in a sentence.
    pub fn purpose(&self) -> &'static str {
        self.header("purpose").unwrap_or_default()
    }

    /// Name of the step whose table it judges.
    pub fn step(&self) -> &'static str {
        self.header("step").unwrap_or_default()
    }

    /// Share of violations, from 0 to 1, up to which the check passes.
    pub fn allowed(&self) -> f64 {
        self.header("allowed").and_then(|share| share.parse().ok()).unwrap_or_default()
    }

    /// Tables that the query reads.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &'static str> {
        self.header("inputs").unwrap_or_default().split(',').map(str::trim)
    }

    fn header(&self, key: &str) -> Option<&'static str> {
        let lines = self.sql.lines().map_while(|line| line.strip_prefix("-- "));
        lines.filter_map(|line| line.split_once(": ")).find(|(found, _)| *found == key).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn every_header_says_all_that_is_needed() {
        for check in Check::ALL {
            let step = Step::from_str(check.step()).unwrap();
            assert!(check.inputs().any(|table| [step.name(), "written"].contains(&table)), "{check:?}");
            assert!(check.purpose().len() > 20, "{check:?}");
            let allowed: f64 = check.header("allowed").unwrap().parse().unwrap();
            assert!((0.0..1.0).contains(&allowed), "{check:?}");
        }
    }
}
