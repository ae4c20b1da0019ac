//! Which part of the data a playlist belongs to.

/// Part of the data that a playlist belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The network, the neighbours and the counts are made from it.
    Train,
    /// Training stops, and the blend is weighed, by it.
    Validation,
    /// The reported figures come from it, and nothing else does.
    Test,
}

impl Split {
    /// Reads the word that stands in the `split` column.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "train" => Some(Self::Train),
            "validation" => Some(Self::Validation),
            "test" => Some(Self::Test),
            _ => None,
        }
    }
}
