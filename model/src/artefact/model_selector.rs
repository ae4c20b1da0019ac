//! Which model is meant.

use std::{fmt, str::FromStr};

use super::ModelId;

/// Which model is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModelSelector {
    /// The one that was made last.
    #[default]
    Latest,
    /// This one.
    Id(ModelId),
}

impl FromStr for ModelSelector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "latest" => Ok(Self::Latest),
            _ => text.parse().map(Self::Id),
        }
    }
}

impl fmt::Display for ModelSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => formatter.write_str("latest"),
            Self::Id(id) => id.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_sort_by_time() {
        let (first, second) = (ModelId::new(), ModelId::new());
        assert!(first < second);
        assert!(first.to_string() < second.to_string());
        assert_eq!(first.to_string().parse(), Ok(ModelSelector::Id(first)));
        assert_eq!("latest".parse(), Ok(ModelSelector::Latest));
        assert!("newest".parse::<ModelSelector>().unwrap_err().contains("expected a UUID or `latest`"));
        assert!(first.created_at_ms() > 1_600_000_000_000);
    }
}
