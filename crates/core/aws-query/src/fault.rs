//! What a call is refused with.
//!
//! `<ErrorResponse><Error><Type>Sender</Type><Code>…</Code><Message>…</Message></Error><RequestId>…</RequestId></ErrorResponse>`.

use std::borrow::Cow;

use crate::answer::Xml;
use crate::form::FormError;
use crate::request_id::RequestId;

/// Whose fault a refusal is, as the document's `Type` says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AtFault {
    /// The caller's.
    Sender,
    /// Ours.
    Receiver,
}

/// A refusal: status, code and sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    status: u16,
    code: &'static str,
    message: Cow<'static, str>,
    at_fault: AtFault,
}

impl Fault {
    /// A refusal that is the caller's fault.
    #[must_use]
    pub fn sender(status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            at_fault: AtFault::Sender,
        }
    }

    /// A refusal that is ours: 500 `InternalFailure`, without a reason, which belongs into the log.
    #[must_use]
    pub const fn internal() -> Self {
        Self {
            status: 500,
            code: "InternalFailure",
            message: Cow::Borrowed(
                "The request processing has failed because of an unknown error, exception or failure.",
            ),
            at_fault: AtFault::Receiver,
        }
    }

    /// A refusal for now that is ours: 503 `ServiceUnavailable`. Clients try again.
    #[must_use]
    pub const fn unavailable() -> Self {
        Self {
            status: 503,
            code: "ServiceUnavailable",
            message: Cow::Borrowed(
                "The request has failed due to a temporary failure of the server.",
            ),
            at_fault: AtFault::Receiver,
        }
    }

    /// 400 `ValidationError`.
    #[must_use]
    pub fn validation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::sender(400, "ValidationError", message)
    }

    /// 400 `MalformedInput`: what was sent is no call of this protocol.
    #[must_use]
    pub fn malformed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::sender(400, "MalformedInput", message)
    }

    /// 403 `AccessDenied`.
    #[must_use]
    pub fn access_denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::sender(403, "AccessDenied", message)
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// AWS's code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whose fault it is.
    #[must_use]
    pub const fn at_fault(&self) -> AtFault {
        self.at_fault
    }

    /// The document, in the service's namespace.
    #[must_use]
    pub fn document(&self, namespace: &str, request_id: &RequestId) -> String {
        let at_fault = match self.at_fault {
            AtFault::Sender => "Sender",
            AtFault::Receiver => "Receiver",
        };
        let mut xml = Xml::new();
        xml.root("ErrorResponse", namespace, |xml| {
            xml.element("Error", |xml| {
                xml.text("Type", at_fault);
                xml.text("Code", self.code);
                xml.text("Message", &self.message);
            });
            xml.text("RequestId", request_id.as_str());
        });
        xml.finish()
    }
}

impl From<FormError> for Fault {
    fn from(error: FormError) -> Self {
        Self::malformed(error.to_string())
    }
}

#[cfg(test)]
mod tests;
