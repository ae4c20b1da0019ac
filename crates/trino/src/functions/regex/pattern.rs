//! A compiled pattern.

use datafusion::error::{DataFusionError, Result};

use crate::ErrorName;

/// Where each group of a match stands, in bytes; the first is the whole.
pub(super) type Spans = Vec<Option<(usize, usize)>>;

#[derive(Debug)]
pub(super) enum Pattern {
    Linear(regex::Regex),
    /// With look-around or backreferences.
    Backtracking(Box<fancy_regex::Regex>),
}

pub(super) fn bad(message: impl Into<String>) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

fn too_long(error: &fancy_regex::Error) -> DataFusionError {
    bad(format!("Regular expression matching took too many steps: {error}"))
}

impl Pattern {
    fn compile(pattern: &str) -> Result<Self> {
        match regex::Regex::new(pattern) {
            Ok(regex) => Ok(Self::Linear(regex)),
            Err(error) => match fancy_regex::Regex::new(pattern) {
                Ok(regex) => Ok(Self::Backtracking(Box::new(regex))),
                Err(_) => Err(bad(format!("invalid regular expression `{pattern}`: {error}"))),
            },
        }
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool> {
        match self {
            Self::Linear(regex) => Ok(regex.is_match(text)),
            Self::Backtracking(regex) => regex.is_match(text).map_err(|error| too_long(&error)),
        }
    }

    /// How many groups there are, without the whole.
    pub(super) fn groups(&self) -> usize {
        match self {
            Self::Linear(regex) => regex.captures_len() - 1,
            Self::Backtracking(regex) => regex.captures_len() - 1,
        }
    }

    /// The number of a named group.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        match self {
            Self::Linear(regex) => regex.capture_names().position(|known| known == Some(name)),
            Self::Backtracking(regex) => regex.capture_names().position(|known| known == Some(name)),
        }
    }

    /// The matches from a place on, at most so many.
    pub(super) fn matches(&self, text: &str, most: usize) -> Result<Vec<Spans>> {
        match self {
            Self::Linear(regex) => Ok(regex
                .captures_iter(text)
                .take(most)
                .map(|found| found.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect())
                .collect()),
            Self::Backtracking(regex) => {
                let spans = |found: fancy_regex::Captures<'_>| {
                    (0..found.len()).map(|at| found.get(at).map(|group| (group.start(), group.end()))).collect()
                };
                let found = regex.captures_iter(text).take(most);
                found.map(|found| found.map(spans).map_err(|error| too_long(&error))).collect()
            }
        }
    }
}

/// The last pattern, so that a constant one is compiled once for a batch.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    last: Option<(String, Pattern)>,
}

impl Compiled {
    pub(super) fn get(&mut self, pattern: &str) -> Result<&Pattern> {
        let (_, compiled) = match self.last.take() {
            Some(known) if known.0 == pattern => self.last.insert(known),
            _ => self.last.insert((pattern.to_owned(), Pattern::compile(pattern)?)),
        };
        Ok(compiled)
    }
}

/// The number of a group that a query asks for.
pub(super) fn group_number(pattern: &Pattern, group: i64) -> Result<usize> {
    let groups = pattern.groups();
    if group < 0 {
        return Err(bad("Group cannot be negative"));
    }
    match usize::try_from(group) {
        Ok(number) if number <= groups => Ok(number),
        _ => Err(bad(format!("Pattern has {groups} groups. Cannot access group {group}"))),
    }
}
