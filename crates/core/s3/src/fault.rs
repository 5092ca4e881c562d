//! An error answer before it is written: code, sentence, AWS's extra elements and headers.
//!
//! Each parser of this crate has its own error type, which says what is wrong; `From` turns it into
//! the [`Fault`] that S3 would answer. So the mapping to AWS's words stands beside the rule it
//! belongs to, once.

use std::borrow::Cow;

use crate::ErrorCode;

/// What S3 answers to a request that it refuses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    code: ErrorCode,
    message: Cow<'static, str>,
    fields: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
}

impl Fault {
    /// A fault with the code's default sentence and no extra elements.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            message: Cow::Borrowed(code.message()),
            fields: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// The `InvalidArgument` fault, which always names the argument and its value.
    #[must_use]
    pub fn invalid_argument(
        message: impl Into<Cow<'static, str>>,
        name: &str,
        value: impl Into<String>,
    ) -> Self {
        Self::new(ErrorCode::InvalidArgument)
            .saying(message)
            .with("ArgumentName", name)
            .with("ArgumentValue", value)
    }

    /// The same fault with this sentence.
    #[must_use]
    pub fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// The same fault with one more element, after those it has.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// The same fault, answered with this header; its name is lower case.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The public sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The headers that go with the document.
    #[must_use]
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The extra elements, in the order in which AWS writes them.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.fields
    }
}
