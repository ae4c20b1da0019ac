//! Identifiers: short ASCII texts that are a type of their own, so that a run's id cannot be passed for a model's.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::Error;

/// The longest identifier, in bytes. It is the width of the columns that hold one.
const MAX_ID_BYTES: usize = 64;

/// Names one pipeline run.
pub type RunId = Id<RunKind>;

/// Names one trained model.
pub type ModelId = Id<ModelKind>;

/// Names one set of predictions, which becomes current as a whole.
pub type SetId = Id<SetKind>;

/// An identifier of one kind: 1 to 64 ASCII letters, digits, `-`, `_`, `.` and `:`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<K> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

/// What an [`Id`] names, for error messages.
pub trait IdKind {
    /// The noun, such as `run id`.
    const NOUN: &'static str;
}

/// The kind of a [`RunId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunKind {}

/// The kind of a [`ModelId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModelKind {}

/// The kind of a [`SetId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetKind {}

impl IdKind for RunKind {
    const NOUN: &'static str = "run id";
}

impl IdKind for ModelKind {
    const NOUN: &'static str = "model id";
}

impl IdKind for SetKind {
    const NOUN: &'static str = "prediction set id";
}

impl<K: IdKind> Id<K> {
    /// Takes `text` as an identifier.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] when it is empty, longer than 64 bytes, or has another character than ASCII letters,
    /// digits, `-`, `_`, `.` and `:`.
    pub fn try_new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if text.is_empty() || text.len() > MAX_ID_BYTES || !text.bytes().all(allowed) {
            return Err(Error::InvalidValue {
                field: K::NOUN,
                value: text,
                expected: "1 to 64 ASCII letters, digits, `-`, `_`, `.` or `:`",
            });
        }
        Ok(Self { text, kind: PhantomData })
    }
}

impl<K> Id<K> {
    /// The identifier's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_new(text)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, accepted: bool) {
        assert_eq!(RunId::try_new(text).is_ok(), accepted, "{text:?}");
    }

    #[test]
    fn accepts_short_ascii_names_only() {
        check("0198c5f0-7d2e-7b1c-9a51-2f0d3c4b5a69", true);
        check("nightly:2026-11-23.1_a", true);
        check(&"x".repeat(64), true);
        check(&"x".repeat(65), false);
        check("", false);
        check("a b", false);
        check("a/b", false);
        check("naïve", false);
    }
}
