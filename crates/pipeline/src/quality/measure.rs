//! The measures by the steps whose rows they describe.

use crate::Step;

/// A query of `sql/measures`: one row with a column for each measure, and `measured`, the rows that were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Name of the step, and of the file.
    step: &'static str,
    /// Its query.
    pub(crate) sql: &'static str,
}

macro_rules! measures {
    ($($name:literal),* $(,)?) => {
        [$(Measure { step: $name, sql: include_str!(concat!("../../../../sql/measures/", $name, ".sql")) }),*]
    };
}

impl Measure {
    const ALL: [Self; 2] = measures!["playlists", "playlist_tracks"];

    /// The measure of a step, if it has one.
    pub(crate) fn of(step: Step) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.step == step.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_belongs_to_its_step() {
        for measure in Measure::ALL {
            let header = format!("-- step: {}\n", measure.step);
            assert!(measure.sql.contains(&header) && measure.sql.contains("-- purpose: "), "{measure:?}");
            assert!(measure.sql.contains("AS measured"), "{measure:?}");
        }
    }
}
