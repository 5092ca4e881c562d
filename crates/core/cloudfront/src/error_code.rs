//! CloudFront's error codes for private content, and the document it answers with.
//!
//! Recorded answers; CloudFront's documents have neither `RequestId` nor `HostId`, which tells them from those
//! of S3.

use std::fmt;

/// An error code of CloudFront. Each is answered with status 403.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorCode {
    /// The signature, moment, address or resource does not fit.
    AccessDenied,
    /// The key is not trusted for what was asked.
    InvalidKey,
    /// The policy cannot be read.
    MalformedPolicy,
    /// The signature cannot be read.
    MalformedSignature,
    /// The request is not signed.
    MissingKey,
}

impl ErrorCode {
    /// Every code, by name.
    pub const ALL: [Self; 5] = [
        Self::AccessDenied,
        Self::InvalidKey,
        Self::MalformedPolicy,
        Self::MalformedSignature,
        Self::MissingKey,
    ];

    /// The status of every answer.
    pub const STATUS: u16 = 403;

    /// The content type of every document.
    pub const CONTENT_TYPE: &'static str = "text/xml";

    /// The code as it stands in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDenied",
            Self::InvalidKey => "InvalidKey",
            Self::MalformedPolicy => "MalformedPolicy",
            Self::MalformedSignature => "MalformedSignature",
            Self::MissingKey => "MissingKey",
        }
    }

    /// CloudFront's sentence.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::AccessDenied => "Access denied",
            Self::InvalidKey => "Unknown Key",
            Self::MalformedPolicy => "Malformed Policy",
            Self::MalformedSignature => "Could not unencode Signature",
            Self::MissingKey => "Missing Key-Pair-Id query parameter or cookie value",
        }
    }

    /// The whole document.
    ///
    /// ```
    /// use countersign_cloudfront::ErrorCode;
    /// assert_eq!(
    ///     ErrorCode::InvalidKey.document(),
    ///     r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidKey</Code><Message>Unknown Key</Message></Error>"#,
    /// );
    /// ```
    #[must_use]
    pub fn document(self) -> String {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>{}</Code><Message>{}</Message></Error>"#,
            self.as_str(),
            self.message()
        )
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
