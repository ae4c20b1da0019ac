//! What a check found.

use std::fmt;

use serde::Serialize;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckOutcome {
    /// Name of the check.
    pub check: &'static str,
    /// Things that were looked at.
    pub checked: i64,
    /// Those that are wrong.
    pub violations: i64,
    /// Share of violations up to which the check passes.
    pub allowed: f64,
    /// One that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

impl CheckOutcome {
    /// Whether the violations are few enough.
    #[expect(clippy::cast_precision_loss, reason = "a share need not be exact to the last of 2^53 rows")]
    pub fn passed(&self) -> bool {
        self.violations == 0 || self.violations as f64 <= self.allowed * self.checked as f64
    }
}

impl fmt::Display for CheckOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, checked, violations, allowed, example } = self;
        write!(formatter, "check `{check}`: {violations} of {checked}")?;
        if *allowed > 0.0 {
            write!(formatter, " (allowed {} %)", allowed * 100.0)?;
        }
        if let Some(example) = example {
            write!(formatter, ", such as {example}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(violations: i64, allowed: f64) -> CheckOutcome {
        CheckOutcome { check: "durations", checked: 1_000, violations, allowed, example: Some("pid 7".to_owned()) }
    }

    #[test]
    fn the_share_decides() {
        assert!(outcome(0, 0.0).passed());
        assert!(!outcome(1, 0.0).passed());
        assert!(outcome(50, 0.05).passed());
        assert!(!outcome(51, 0.05).passed());
        let text = outcome(51, 0.05).to_string();
        assert_eq!(text, "check `durations`: 51 of 1000 (allowed 5 %), such as pid 7");
    }
}
