//! A loss and the way to its gradients.

use tch::Tensor;

/// A loss and the way to its gradients.
#[derive(Debug)]
pub struct Loss {
    /// The mean loss: `[]`.
    pub value: Tensor,
    /// Has the gradients of the loss, though not always its value: `[]`.
    pub gradient_source: Tensor,
}

impl Loss {
    /// A loss whose gradients libtorch derives from how it was computed.
    pub(super) fn derived(value: Tensor) -> Self {
        Self { gradient_source: value.shallow_clone(), value }
    }
}
