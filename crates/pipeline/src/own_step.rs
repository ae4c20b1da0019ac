//! Steps of SQL that the program does not know.

use crate::Check;

/// A step of SQL as somebody's own pipeline file has it.
///
/// It is made when the file is read and then kept until the process ends, so that steps are as cheap to pass around as
/// those that are built in. A process reads its file once.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnStep {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
    /// Tables of the lake that the query reads.
    pub(crate) reads: &'static [&'static str],
    pub(crate) checks: &'static [Check],
    pub(crate) may_be_empty: bool,
}

impl OwnStep {
    /// Keeps a step.
    pub(crate) fn keep(self) -> &'static Self {
        Box::leak(Box::new(self))
    }
}

/// Keeps a text.
pub(crate) fn keep_text(text: impl Into<String>) -> &'static str {
    Box::leak(text.into().into_boxed_str())
}

/// Keeps a list.
pub(crate) fn keep_list<T>(list: Vec<T>) -> &'static [T] {
    Box::leak(list.into_boxed_slice())
}
