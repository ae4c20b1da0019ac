//! Paths of `json_extract` and its kin.

use datafusion::error::Result;
use serde_json::Value;

use super::find::find;
use crate::ErrorName;

pub(super) enum Step {
    Field(String),
    /// An element, or the field of that name.
    Index(i64, String),
}

impl Step {
    /// The name of the field that it leads to.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Field(name) | Self::Index(_, name) => name,
        }
    }

    /// Which element it leads to, from 0 on.
    pub(super) fn index(&self) -> Option<usize> {
        match self {
            Self::Index(at, _) => usize::try_from(*at).ok(),
            Self::Field(_) => None,
        }
    }
}

/// A path such as `$.store.book[0]["title"]`.
pub(super) struct Path(Vec<Step>);

impl Path {
    /// # Errors
    /// INVALID_FUNCTION_ARGUMENT for what is no path, NOT_SUPPORTED for wildcards, filters and recursive descent.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let invalid = || ErrorName::InvalidFunctionArgument.error(format!("Invalid JSON path: '{text}'"));
        let trimmed = text.trim();
        let mut rest = trimmed.strip_prefix('$').unwrap_or(trimmed);
        if rest.contains('*') || rest.contains("..") || rest.contains("[?") || rest.contains("[(") {
            let message = format!("wildcards, filters and '..' of JSON paths are not supported: '{text}'");
            return Err(ErrorName::NotSupported.error(message));
        }
        let has_root = trimmed.starts_with('$');
        let mut steps = Vec::new();
        if !has_root {
            // Trino takes a bare name too.
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                return Err(invalid());
            }
            steps.push(Step::Field(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let name = after.get(..end).filter(|name| !name.is_empty()).ok_or_else(invalid)?;
                steps.push(Step::Field(name.trim_matches('"').to_owned()));
                rest = &after[end..];
                continue;
            }
            let after = rest.strip_prefix('[').ok_or_else(invalid)?;
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
            let (inner, behind) = match quote {
                Some(quote) => after[1..].split_once(&format!("{quote}]")).ok_or_else(invalid)?,
                None => after.split_once(']').ok_or_else(invalid)?,
            };
            steps.push(match (quote, inner.parse()) {
                (None, Ok(index)) => Step::Index(index, inner.to_owned()),
                (None, Err(_)) if inner.is_empty() => return Err(invalid()),
                _ => Step::Field(inner.to_owned()),
            });
            rest = behind;
        }
        Ok(Self(steps))
    }

    /// What the path leads to in a text; `None` as well if that is no JSON.
    pub(super) fn find(&self, text: &str) -> Option<Value> {
        find(text, &self.0)
    }
}
