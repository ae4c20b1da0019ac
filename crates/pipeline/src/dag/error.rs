//! What is wrong with a file.

/// Why a pipeline's file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DagError {
    /// The file cannot be read.
    #[error("cannot read the pipeline `{path}`: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The file says what cannot be.
    #[error("{path}:{line}: {reason}")]
    Invalid {
        /// The file.
        path: String,
        /// The line at fault, from 1.
        line: usize,
        /// What is wrong, and what was expected.
        reason: String,
    },
}

/// Where errors are: the text and its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    pub(super) name: &'a str,
}

impl Place<'_> {
    /// An error at a byte of the text.
    pub(super) fn error(self, offset: usize, reason: impl Into<String>) -> DagError {
        self.error_at_line(self.line(offset), reason)
    }

    pub(super) fn error_at_line(self, line: usize, reason: impl Into<String>) -> DagError {
        DagError::Invalid { path: self.name.to_owned(), line, reason: reason.into() }
    }

    /// The line of a byte, from 1.
    pub(super) fn line(self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }
}
