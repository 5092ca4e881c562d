//! Why a form could not be taken, in the words of S3 (aws-semantics 4.4).

use thiserror::Error;

use crate::{ErrorCode, Fault, FieldError, ObjectKeyError, TaggingError};

use super::MAX_FORM_BYTES;

/// Why a form could not be taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PostFormError {
    /// There is no file, or more than one.
    #[error("the form has {count} files instead of one")]
    FileCount {
        /// How many there are, as far as was read.
        count: usize,
    },
    /// The key is no object key.
    #[error(transparent)]
    Key(ObjectKeyError),
    /// The body is no form.
    #[error("the form is not well-formed: {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A field without which no form is taken is missing, or stands behind the file.
    #[error("the form has no field `{name}` before its file")]
    MissingField {
        /// The field.
        name: &'static str,
    },
    /// A field is there twice, perhaps in two spellings.
    #[error("`{name}` is repeated")]
    Repeated {
        /// The field, lower case.
        name: String,
    },
    /// The tags cannot be taken.
    #[error(transparent)]
    Tags(#[from] TaggingError),
    /// The field `tagging` is no XML.
    #[error("the field `tagging` is no xml document")]
    TagsNotXml,
    /// The fields before the file are too many or too long.
    #[error("the fields before the file are too many or longer than {MAX_FORM_BYTES} bytes")]
    TooLarge,
    /// A field that a form cannot have.
    #[error("the function behind field `{name}` is not implemented")]
    Unsupported {
        /// The field, lower case.
        name: String,
    },
}

impl From<PostFormError> for Fault {
    fn from(error: PostFormError) -> Self {
        match error {
            PostFormError::FileCount { count } => Self::invalid_argument(
                "POST requires exactly one file upload per request.",
                "file",
                count.to_string(),
            ),
            PostFormError::Key(ObjectKeyError::TooLong { bytes }) => {
                Self::new(ErrorCode::KeyTooLongError)
                    .with("Size", bytes.to_string())
                    .with("MaxSizeAllowed", crate::MAX_KEY_BYTES.to_string())
            }
            // The key is not echoed: it may hold what was refused.
            PostFormError::Key(error) => Self::invalid_argument(error.to_string(), "key", ""),
            PostFormError::Malformed { .. } => Self::new(ErrorCode::MalformedPOSTRequest),
            PostFormError::MissingField { name } => missing_form_field(name),
            PostFormError::Repeated { name } => FieldError::Repeated { name }.into(),
            PostFormError::Tags(error) => error.into(),
            PostFormError::TagsNotXml => Self::new(ErrorCode::MalformedXML),
            PostFormError::TooLarge => Self::new(ErrorCode::MaxPostPreDataLengthExceeded)
                .with("MaxPostPreDataLengthBytes", MAX_FORM_BYTES.to_string()),
            PostFormError::Unsupported { name } => {
                Self::new(ErrorCode::NotImplemented).with("Header", name)
            }
        }
    }
}

/// The fault of a form that lacks a field, spelled as S3 spells it.
#[must_use]
pub fn missing_form_field(name: &str) -> Fault {
    // AWS: two spaces between the sentences.
    let sentence = format!(
        "Bucket POST must contain a field named '{name}'.  If it is specified, please check the \
         order of the fields."
    );
    Fault::invalid_argument(sentence, name, "")
}
