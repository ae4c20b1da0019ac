//! Errors of operations, as clients recognise them.

use serde_json::{Map, Value as Json, json};

/// What kind of error it is; the name is AWS's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exception {
    /// Athena: the request cannot be served as it is; the code says why.
    InvalidRequest(&'static str),
    /// Athena: a look-up in the catalog failed.
    Metadata,
    /// Athena: no such prepared statement or resource.
    ResourceNotFound,
    /// Athena: too many queries at once.
    TooManyRequests,
    /// Any service: this side failed.
    InternalServer,
    /// Any service: the body cannot be understood.
    Serialization,
    /// Any service: no such operation.
    UnknownOperation,
    /// Any service: the key may not do this.
    AccessDenied,
    /// Any service: the request is not signed.
    MissingAuthenticationToken,
    /// Any service: the key is not known.
    UnrecognizedClient,
    /// Any service: the signature is wrong or too old.
    InvalidSignature,
    /// Glue: no such object.
    EntityNotFound,
    /// Glue: there is an object of this name.
    AlreadyExists,
    /// Glue: the request cannot be served as it is.
    InvalidInput,
    /// Glue: somebody else changed the object at the same moment.
    ConcurrentModification,
}

impl Exception {
    /// The name that travels as `__type`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "InvalidRequestException",
            Self::Metadata => "MetadataException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::TooManyRequests => "TooManyRequestsException",
            Self::InternalServer => "InternalServerException",
            Self::Serialization => "SerializationException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::AccessDenied => "AccessDeniedException",
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::UnrecognizedClient => "UnrecognizedClientException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::EntityNotFound => "EntityNotFoundException",
            Self::AlreadyExists => "AlreadyExistsException",
            Self::InvalidInput => "InvalidInputException",
            Self::ConcurrentModification => "ConcurrentModificationException",
        }
    }

    /// The HTTP status that it travels with.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::InternalServer => 500,
            Self::MissingAuthenticationToken | Self::UnrecognizedClient | Self::InvalidSignature => 403,
            _ => 400,
        }
    }
}

/// The error of an operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", exception.name())]
pub struct ApiError {
    /// What kind of error it is.
    pub exception: Exception,
    /// What the client is told.
    pub message: String,
}

impl ApiError {
    /// An error of this kind.
    pub fn new(exception: Exception, message: impl Into<String>) -> Self {
        Self { exception, message: message.into() }
    }

    /// An `InvalidRequestException` with code `INVALID_INPUT`.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::invalid_request("INVALID_INPUT", message)
    }

    /// An `InvalidRequestException`.
    pub fn invalid_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exception::InvalidRequest(code), message)
    }

    /// The body of the answer.
    #[must_use]
    pub fn body(&self) -> Json {
        let mut body = Map::new();
        body.insert("__type".to_owned(), json!(self.exception.name()));
        if self.exception == Exception::UnknownOperation {
            return Json::Object(body);
        }
        if let Exception::InvalidRequest(code) = self.exception {
            body.insert("AthenaErrorCode".to_owned(), json!(code));
            body.insert("ErrorCode".to_owned(), json!(code));
        }
        if self.exception == Exception::TooManyRequests {
            body.insert("Reason".to_owned(), json!("CONCURRENT_QUERY_LIMIT_EXCEEDED"));
        }
        body.insert("Message".to_owned(), json!(self.message));
        Json::Object(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_request_has_its_code_twice() {
        let error = ApiError::invalid_request("MALFORMED_QUERY", "line 1:1: mismatched input 'SELEC'");
        assert_eq!(
            error.body(),
            json!({
                "__type": "InvalidRequestException",
                "AthenaErrorCode": "MALFORMED_QUERY",
                "ErrorCode": "MALFORMED_QUERY",
                "Message": "line 1:1: mismatched input 'SELEC'",
            })
        );
        assert_eq!(error.exception.status(), 400);
    }

    #[test]
    fn an_unknown_operation_says_nothing_else() {
        let error = ApiError::new(Exception::UnknownOperation, "Fly");
        assert_eq!(error.body(), json!({"__type": "UnknownOperationException"}));
    }
}
