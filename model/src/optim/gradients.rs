//! Where the loss rises.

use tch::Tensor;

/// The gradients of a loss by all weights that a step moves.
#[derive(Debug)]
pub struct Gradients {
    /// By the rows of the item table that the step touches: `[rows, dimension]`.
    pub rows: Tensor,
    /// By their biases: `[rows]`.
    pub bias: Tensor,
    /// By the dense weights, in their order.
    pub dense: Vec<Tensor>,
}
