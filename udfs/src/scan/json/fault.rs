//! What is wrong with the input, and where.

use std::fmt::{Display, Formatter};

/// A defect in a slice: position, path and kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte offset in the buffer.
    pub(crate) at: usize,
    /// What is wrong.
    pub(crate) kind: FaultKind,
    /// Steps from the playlist to the value, innermost first.
    path: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(&'static str),
    Index(usize),
}

/// Kind of a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The buffer ends inside a value; at the end of the file this means that it is cut off.
    Incomplete,
    /// The text is not JSON: nothing behind it can be trusted.
    Syntax {
        /// What should have come.
        expected: &'static str,
    },
    /// The file's compression is damaged: nothing behind it can be read.
    Damaged {
        /// What the decoder says.
        reason: String,
    },
    /// A string is not UTF-8.
    Encoding,
    /// A value of another type than its field has.
    WrongType {
        /// The type of the field.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A field that a playlist or track cannot be without.
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// A value that breaks a rule of its field.
    Invalid {
        /// The rule.
        rule: &'static str,
    },
}

impl Fault {
    pub(crate) fn new(at: usize, kind: FaultKind) -> Self {
        Self { at, kind, path: Vec::new() }
    }

    pub(crate) fn syntax(at: usize, expected: &'static str) -> Self {
        Self::new(at, FaultKind::Syntax { expected })
    }

    pub(crate) fn under_key(mut self, key: &'static str) -> Self {
        self.path.push(Step::Key(key));
        self
    }

    pub(crate) fn under_index(mut self, index: usize) -> Self {
        self.path.push(Step::Index(index));
        self
    }

    /// Whether the rest of the file can still be read.
    pub(crate) fn is_local(&self) -> bool {
        !matches!(self.kind, FaultKind::Incomplete | FaultKind::Syntax { .. } | FaultKind::Damaged { .. })
    }

    /// Path of the value in the style of JSONPath, given the path of the playlist.
    pub(crate) fn json_path(&self, playlist: &str) -> String {
        let mut path = playlist.to_owned();
        for step in self.path.iter().rev() {
            match step {
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }
}

impl Display for FaultKind {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Incomplete => formatter.write_str("the file ends in the middle of a value; it is cut off or empty"),
            Self::Syntax { expected } => write!(formatter, "not valid JSON: expected {expected}"),
            Self::Damaged { reason } => write!(formatter, "the compressed file is damaged or cut off: {reason}"),
            Self::Encoding => formatter.write_str("a string is not valid UTF-8"),
            Self::WrongType { expected, found } => write!(formatter, "expected {expected}, found {found}"),
            Self::Missing { field } => write!(formatter, "the field `{field}` is missing"),
            Self::Invalid { rule } => write!(formatter, "expected {rule}"),
        }
    }
}
