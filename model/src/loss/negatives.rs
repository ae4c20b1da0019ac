//! The tracks that a batch's targets are held against.

/// The tracks that all targets of a batch are held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Negatives {
    /// Items, drawn with replacement, or places where they stand: `[negatives]`.
    pub items: Vec<i64>,
    /// What is subtracted from each one's logit: `[negatives]`.
    pub corrections: Vec<f32>,
}
