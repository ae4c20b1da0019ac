//! Name of a model.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Name of a model: a UUID of version 7, which sorts by the time of its making.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(Uuid);

impl ModelId {
    /// Makes a new name.
    #[expect(clippy::new_without_default, reason = "every call gives another name")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// Milliseconds since 1970 at which the name was made.
    pub fn created_at_ms(self) -> u64 {
        let (seconds, nanoseconds) = self.0.get_timestamp().map_or((0, 0), |timestamp| timestamp.to_unix());
        seconds * 1000 + u64::from(nanoseconds) / 1_000_000
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for ModelId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self).map_err(|_| format!("`{text}` is not a model id; expected a UUID or `latest`"))
    }
}

impl Serialize for ModelId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ModelId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
