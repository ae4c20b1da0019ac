//! Why a request has no answer, as HTTP and gRPC say it.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tonic::{Code, Status};

use crate::Error;

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The queue is full.
    Busy,
    /// The server stops, or the model is gone.
    Stopped,
    /// The model did not answer in time.
    TooSlow,
    /// The request does not parse.
    Malformed(String),
    /// The body has a form that is not understood.
    UnknownForm(String),
    /// The model has no such name or version.
    NoSuchModel(String),
    /// The request makes sense, but nothing that it names is known.
    NothingKnown(String),
    /// Something of ours.
    Internal(String),
}

impl Failure {
    /// What an error of the model means to whoever asked.
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::NothingKnown { .. } => Self::NothingKnown(error.to_string()),
            Error::InvalidTrack { .. } => Self::Malformed(error.to_string()),
            _ => Self::Internal(error.to_string()),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Busy | Self::Stopped => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooSlow => StatusCode::GATEWAY_TIMEOUT,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::UnknownForm(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoSuchModel(_) => StatusCode::NOT_FOUND,
            Self::NothingKnown(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::Busy => Code::ResourceExhausted,
            Self::Stopped => Code::Unavailable,
            Self::TooSlow => Code::DeadlineExceeded,
            Self::Malformed(_) | Self::UnknownForm(_) => Code::InvalidArgument,
            Self::NoSuchModel(_) => Code::NotFound,
            Self::NothingKnown(_) => Code::FailedPrecondition,
            Self::Internal(_) => Code::Internal,
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::Busy => "the queue is full, try again in a moment",
            Self::Stopped => "the server is stopping",
            Self::TooSlow => "the model did not answer in time",
            Self::Malformed(text)
            | Self::UnknownForm(text)
            | Self::NoSuchModel(text)
            | Self::NothingKnown(text)
            | Self::Internal(text) => text,
        }
    }
}

impl IntoResponse for Failure {
    /// `{"error": …}`, as the Open Inference Protocol has it.
    fn into_response(self) -> Response {
        let body = Json(serde_json::json!({ "error": self.message() }));
        match self {
            Self::Busy => (self.status(), [(header::RETRY_AFTER, "1")], body).into_response(),
            _ => (self.status(), body).into_response(),
        }
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        Self::new(failure.code(), failure.message())
    }
}
