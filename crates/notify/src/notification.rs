//! What people are told.

use std::fmt;

use serde::Serialize;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Somebody must act now.
    Page,
    /// Somebody should look.
    Warning,
    /// What was wrong is well again, or all is well.
    Resolved,
}

/// Something that people should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// Names what is wrong, the same each time, such as `nightly/run_failed`.
    pub key: String,
    /// How much it matters.
    pub severity: Severity,
    /// What happened, in a line.
    pub summary: String,
    /// The pipeline.
    pub pipeline: String,
    /// The run, if it is about one.
    pub run_id: Option<String>,
    /// The step at which it happened.
    pub step: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What to do next.
    pub next_action: Option<String>,
}

impl Notification {
    /// Lines for people: everything that is known, one thing a line.
    pub fn text(&self) -> String {
        let parts = [
            ("pipeline", Some(&self.pipeline)),
            ("run", self.run_id.as_ref()),
            ("step", self.step.as_ref()),
            ("why", self.reason.as_ref()),
            ("next", self.next_action.as_ref()),
        ];
        let mut text = format!("{}\n", self.summary);
        for (label, value) in parts {
            if let Some(value) = value {
                text.push_str(&format!("{label}: {value}\n"));
            }
        }
        text
    }

    /// The subject of a mail or of an SNS message: one line of at most 100 ASCII characters, as SNS demands.
    pub fn subject(&self) -> String {
        let subject = format!("[{}] {}: {}", self.severity, self.pipeline, self.summary);
        let ascii = |character: char| if character.is_ascii_graphic() { character } else { ' ' };
        let line: String = subject.chars().map(ascii).take(100).collect();
        line.trim_end().to_owned()
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Page => "page",
            Self::Warning => "warning",
            Self::Resolved => "resolved",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_short_line_of_ascii() {
        let notification = Notification {
            key: "nightly/run_failed".to_owned(),
            severity: Severity::Page,
            summary: format!("a name\nwith é and {}", "x".repeat(200)),
            pipeline: "nightly".to_owned(),
            run_id: Some("r".to_owned()),
            step: None,
            reason: None,
            next_action: None,
        };
        let subject = notification.subject();
        assert!(subject.starts_with("[page] nightly: a name with   and xxx"), "{subject}");
        assert_eq!((subject.len(), subject.is_ascii()), (100, true));
        assert!(notification.text().contains("run: r\n"));
    }
}
