//! What the network sees in one step.

/// Pieces of playlists side by side, filled up to the longest of them.
///
/// Every piece starts with the start mark, so that its first track is predicted too; at each position the network reads
/// the tracks before a target and nothing after. Filling stands on the right only, where a causal encoder cannot see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number of pieces.
    pub rows: usize,
    /// Positions of the longest piece.
    pub length: usize,
    /// Items, or the start mark, row by row: `[rows · length]`.
    pub tokens: Vec<i64>,
    /// Which of those positions have a target: `[targets]`.
    pub places: Vec<i64>,
    /// The items that are to be predicted there: `[targets]`.
    pub targets: Vec<i64>,
}
