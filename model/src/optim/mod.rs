//! How the weights move: Adam, once for whole tensors and once for the touched rows of the item table.
//!
//! libtorch's own Adam updates every row of a table in every step, and cannot save its state. Here a step costs what it
//! touches: rows that it did not read keep their weights and moments (lazy Adam, as TensorFlow's `LazyAdam` and
//! PyTorch's `SparseAdam` do).

mod adam;
mod gradients;
mod learning_rate;
mod moments;

pub use adam::Adam;
pub use gradients::Gradients;
pub use learning_rate::LearningRate;
pub use moments::Moments;
