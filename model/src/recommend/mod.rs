//! Next tracks for a list that the model has never seen, or for a title.

mod answer;
mod request;
mod responder;
mod track_reference;

pub use answer::{Answer, AnswerLine};
pub use request::Request;
pub use responder::{Responder, recommend};
pub use track_reference::TrackReference;
