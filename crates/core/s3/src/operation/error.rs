//! Why a request is no S3 operation.

use std::fmt;

use thiserror::Error;

use super::{Level, Operation};
use crate::{ErrorCode, Fault};

/// What a refused method was sent to, in AWS's words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ResourceType(pub Level);

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Level::Service => "SERVICE",
            Level::Bucket => "BUCKET",
            Level::Object => "OBJECT",
        })
    }
}

/// Why no operation could be recognized.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum RecognizeError {
    /// A parameter is spelled in another case than S3's.
    #[error("query parameter `{sent}` must be spelled `{meant}`")]
    CaseVariant {
        /// As it was sent.
        sent: String,
        /// As S3 spells it.
        meant: &'static str,
    },
    /// Two sub-resources ask for two operations.
    #[error("sub-resources `{first}` and `{second}` ask for two operations at once")]
    ConflictingSubResources {
        /// The one named first.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
    /// `list-type` has a value that names no kind of listing.
    #[error("list type `{value}` does not exist")]
    ListTypeUnknown {
        /// The value.
        value: String,
    },
    /// The method means nothing here, or nothing with this sub-resource.
    #[error("method `{method}` is not allowed on {resource}")]
    MethodNotAllowed {
        /// As it was sent.
        method: String,
        /// What it was sent to.
        resource: ResourceType,
        /// The methods that would have been allowed, joined as in an `Allow` header.
        allow: String,
    },
    /// A POST to a bucket is not a browser's form.
    #[error("a bucket takes a form as multipart/form-data only")]
    NotMultipartForm,
    /// A parameter only makes sense beside another, which is missing.
    #[error("query parameter `{present}` needs `{missing}` beside it")]
    ParameterMissing {
        /// The one that is there.
        present: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A parameter that has a meaning is there twice.
    #[error("query parameter `{name}` is repeated")]
    Repeated {
        /// The parameter.
        name: &'static str,
    },
    /// The operation works on no version but the next.
    #[error("{operation} does not accept a version id")]
    VersionNotAccepted {
        /// The operation.
        operation: Operation,
        /// The version that was named.
        version_id: String,
    },
}

impl From<RecognizeError> for Fault {
    fn from(error: RecognizeError) -> Self {
        let sentence = error.to_string();
        match error {
            RecognizeError::CaseVariant { sent, .. } => {
                Self::invalid_argument(sentence, "QueryString", sent)
            }
            RecognizeError::ConflictingSubResources { first, second } => Self::invalid_argument(
                format!("Conflicting query string parameters: {first}, {second}"),
                "ResourceType",
                first,
            ),
            RecognizeError::ListTypeUnknown { value } => {
                Self::invalid_argument("Invalid List Type specified in Request", "list-type", value)
            }
            RecognizeError::MethodNotAllowed {
                method,
                resource,
                allow,
            } => Self::new(ErrorCode::MethodNotAllowed)
                .with("Method", method)
                .with("ResourceType", resource.to_string())
                .with_header("allow", allow),
            RecognizeError::NotMultipartForm => Self::new(ErrorCode::PreconditionFailed).with(
                "Condition",
                "Bucket POST must be of the enclosure-type multipart/form-data",
            ),
            RecognizeError::ParameterMissing { missing, .. } => {
                Self::invalid_argument(sentence, missing, "")
            }
            RecognizeError::Repeated { name } => Self::invalid_argument(sentence, name, ""),
            RecognizeError::VersionNotAccepted { version_id, .. } => Self::invalid_argument(
                "This operation does not accept a version-id.",
                "versionId",
                version_id,
            ),
        }
    }
}
