//! What a call is refused with, and why that is, for logs alone.
//!
//! The sentences are AWS's where AWS has one. None says whether a role exists that the caller may not assume.

use std::borrow::Cow;

use countersign_aws_query::Fault;
use countersign_oidc::{TokenError, TokenErrorKind};

/// A refusal: what the caller is told, and what logs are told besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Status, code and sentence.
    pub fault: Fault,
    /// The reason, without secrets and without what the caller sent but for bounded names.
    pub reason: Cow<'static, str>,
}

impl Refusal {
    pub(crate) fn new(fault: Fault, reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = reason.into();
        Self { fault, reason }
    }

    /// A refusal that says all there is to say.
    pub(crate) fn plain(fault: Fault) -> Self {
        let reason = fault.message().to_owned();
        Self::new(fault, reason)
    }

    /// Trouble of our own.
    pub(crate) fn internal(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Fault::internal(), reason)
    }

    pub(crate) fn validation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(Fault::validation(message))
    }

    /// An ARN or an id that names nothing.
    pub(crate) fn is_invalid(text: &str) -> Self {
        let fault = Fault::validation(format!("{text} is invalid"));
        Self::new(fault, "an ARN or an id is invalid")
    }

    pub(crate) fn invalid_parameter(message: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(Fault::sender(400, "InvalidParameterValue", message))
    }

    /// `who`, an ARN, may not do this to that.
    pub(crate) fn not_authorized(
        who: &str,
        action: &str,
        resource: &str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        // AWS: no `because …` here, so that nobody learns which roles there are.
        let sentence =
            format!("User: {who} is not authorized to perform: {action} on resource: {resource}");
        Self::new(Fault::access_denied(sentence), reason)
    }

    /// Whoever the token stands for may not become that role.
    pub(crate) fn web_identity_not_authorized(reason: impl Into<Cow<'static, str>>) -> Self {
        let sentence = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
        Self::new(Fault::access_denied(sentence), reason)
    }

    /// The token is none that is taken here.
    pub(crate) fn invalid_token(reason: impl Into<Cow<'static, str>>) -> Self {
        let sentence = "The web identity token that was passed could not be validated. Get a new identity token from \
                        the identity provider and then retry the request.";
        Self::new(Fault::sender(400, "InvalidIdentityToken", sentence), reason)
    }
}

/// Faults of the protocol repeat what was sent, which is nothing for logs.
impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::new(fault, "the parameters are not those of such a call")
    }
}

impl From<&TokenError> for Refusal {
    fn from(error: &TokenError) -> Self {
        let reason = error.to_string();
        let (status, code, sentence) = match error.kind() {
            TokenErrorKind::Invalid => return Self::invalid_token(reason),
            TokenErrorKind::Expired => (
                400,
                "ExpiredTokenException",
                "The web identity token that was passed is expired or is not valid. Get a new identity token from the \
                 identity provider and then retry the request.",
            ),
            TokenErrorKind::Rejected => (
                403,
                "IDPRejectedClaim",
                "The identity provider (IdP) reported that authentication failed. This might be because the claim is \
                 invalid.",
            ),
            TokenErrorKind::Unreachable => (
                400,
                "IDPCommunicationError",
                "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the \
                 incoming identity token could not be reached. This is often a transient error caused by network \
                 conditions. Retry the request a limited number of times.",
            ),
        };
        Self::new(Fault::sender(status, code, sentence), reason)
    }
}
