//! The refusal: our "no", with a public sentence and a private reason.
//!
//! The public half is a [`Fault`] in AWS's own words where AWS has words for the case. The private
//! half says what an operator needs to know and goes to logs and `explain`, never to a stranger.
//! This file is the only place where errors of SigV4 become S3 error codes (aws-semantics section 2).

mod form;

use std::borrow::Cow;

use countersign_s3::{ErrorCode, Fault};
use countersign_sigv4::{ClaimError, VerifyError};

pub(crate) use form::{refuse_form, refuse_policy};

/// Why a request is not served.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    fault: Fault,
    reason: Cow<'static, str>,
    exposed: bool,
}

/// Where the claim at fault stood: the same mistake has another code in the query and the header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClaimPlace {
    /// The `Authorization` header.
    Header,
    /// The fields of a browser's form.
    PostForm,
    /// The query of a presigned URL.
    Query,
}

impl Refusal {
    /// A refusal with this public fault and this private reason.
    #[must_use]
    pub fn new(fault: Fault, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            fault,
            reason: reason.into(),
            exposed: false,
        }
    }

    /// `AccessDenied` in a sentence of our own, which is also the reason.
    #[must_use]
    pub fn denied(sentence: impl Into<Cow<'static, str>>) -> Self {
        let sentence = sentence.into();
        Self::new(
            Fault::new(ErrorCode::AccessDenied).saying(sentence.clone()),
            sentence,
        )
    }

    /// The same refusal, saying that a signature was seen where others could read it (threat G4).
    #[must_use]
    pub fn exposing_the_signature(mut self) -> Self {
        self.exposed = true;
        self
    }

    /// What the client is told.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// What the operator is told. Holds no signature, token or secret.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether a live signature crossed the network in the clear.
    #[must_use]
    pub fn exposed(&self) -> bool {
        self.exposed
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let reason = Cow::Owned(format!("{}: {}", fault.code().as_str(), fault.message()));
        Self::new(fault, reason)
    }
}

/// The refusal of a request that nobody signed.
pub(crate) fn anonymous() -> Refusal {
    Refusal::new(Fault::new(ErrorCode::AccessDenied), "request is not signed")
}

const SCHEMES: [&str; 6] = [
    "AWS",
    "AWS4-ECDSA-P256-SHA256",
    "AWS4-HMAC-SHA256",
    "Basic",
    "Bearer",
    "Digest",
];
const CREDENTIAL_SHAPE: &str = "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request";

/// Turns a claim that could not be read into a refusal.
#[must_use]
pub fn refuse_claim(error: &ClaimError, place: ClaimPlace, authorization: Option<&str>) -> Refusal {
    let fault = match place {
        ClaimPlace::Query => query_fault(error),
        ClaimPlace::Header => header_fault(error, authorization.unwrap_or_default()),
        ClaimPlace::PostForm => form::claim_fault(error),
    };
    Refusal::new(fault, error.to_string())
}

fn shared_fault(error: &ClaimError) -> Option<Fault> {
    Some(match error {
        ClaimError::SeveralMechanisms => Fault::invalid_argument(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature \
             query string parameter or the Authorization header should be specified",
            "Authorization",
            // AWS echoes the header here; a signature has no place in an error document (threat F1).
            "",
        ),
        ClaimError::SignatureVersion2 => Fault::new(ErrorCode::InvalidRequest).saying(
            "The authorization mechanism you have provided is not supported. Please use \
             AWS4-HMAC-SHA256.",
        ),
        ClaimError::SignatureVersion2Incomplete => Fault::new(ErrorCode::AccessDenied).saying(
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId \
             parameters",
        ),
        ClaimError::MissingDate => Fault::new(ErrorCode::AccessDenied)
            .saying("AWS authentication requires a valid Date or x-amz-date header"),
        _ => return None,
    })
}

fn query_fault(error: &ClaimError) -> Fault {
    if let Some(fault) = shared_fault(error) {
        return fault;
    }
    let fault = Fault::new(ErrorCode::AuthorizationQueryParametersError);
    let credential = |rest: String| format!("Error parsing the X-Amz-Credential parameter; {rest}");
    match error {
        ClaimError::UnknownAlgorithm { .. } => fault.saying(
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
        ),
        ClaimError::MalformedCredential => {
            let shape = format!("the Credential is mal-formed; expecting \"{CREDENTIAL_SHAPE}\".");
            fault.saying(credential(shape))
        }
        ClaimError::EmptyAccessKeyId => fault.saying(credential(
            "a non-empty Access Key (AKID) must be provided in the credential.".to_owned(),
        )),
        ClaimError::WrongTerminator { found } => fault.saying(credential(wrong_terminator(found))),
        ClaimError::MalformedScopeDate { found } => {
            fault.saying(credential(wrong_scope_date(found)))
        }
        ClaimError::ScopeDateMismatch { scope, date } => fault.saying(scope_mismatch(scope, date)),
        ClaimError::MalformedDate => {
            fault.saying("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        }
        ClaimError::ExpiresNotANumber => fault.saying("X-Amz-Expires should be a number"),
        ClaimError::ExpiresNegative => fault.saying("X-Amz-Expires must be non-negative"),
        ClaimError::ExpiresTooLong { .. } => fault.saying(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires \
             must be less than 604800 seconds",
        ),
        ClaimError::CaseVariant { name, .. } => fault.saying(format!(
            "Query parameter names are case-sensitive; expecting \"{name}\"."
        )),
        ClaimError::Repeated { name } => {
            fault.saying(format!("The parameter {name} must be given exactly once."))
        }
        ClaimError::MalformedSignedHeaders { .. } => fault.saying(
            "X-Amz-SignedHeaders must be lower-case header names, each once, joined by semicolons.",
        ),
        ClaimError::MissingParameter { name } if *name == "X-Amz-Content-Sha256" => {
            fault.saying("The query parameter X-Amz-Content-Sha256 must be UNSIGNED-PAYLOAD.")
        }
        ClaimError::MissingParameter { name } if *name == "X-Amz-Region-Set" => {
            fault.saying("Signature version 4A requires the X-Amz-Region-Set parameter.")
        }
        _ => fault,
    }
}

fn header_fault(error: &ClaimError, authorization: &str) -> Fault {
    if let Some(fault) = shared_fault(error) {
        return fault;
    }
    let malformed = |rest: String| {
        Fault::new(ErrorCode::AuthorizationHeaderMalformed)
            .saying(format!("The authorization header is malformed; {rest}"))
    };
    // Only a scheme that is one is echoed: anything else may be a credential.
    let scheme = authorization.split(' ').next().unwrap_or_default();
    let scheme = if SCHEMES.contains(&scheme) {
        scheme
    } else {
        ""
    };
    match error {
        ClaimError::MalformedAuthorization => Fault::invalid_argument(
            "Authorization header is invalid -- one and only one ' ' (space) required.",
            "Authorization",
            scheme,
        ),
        ClaimError::UnknownScheme { .. } | ClaimError::UnknownAlgorithm { .. } => {
            Fault::invalid_argument("Unsupported Authorization Type", "Authorization", scheme)
        }
        ClaimError::MissingComponents => malformed(
            "the authorization header requires three components: Credential, SignedHeaders, and \
             Signature."
                .to_owned(),
        ),
        ClaimError::MissingComponent { name } => malformed(format!("missing {name}.")),
        ClaimError::MalformedComponent { component } => malformed(format!(
            "the authorization component \"{component}\" is malformed."
        )),
        ClaimError::MalformedCredential => malformed(format!(
            "the Credential is mal-formed; expecting \"{CREDENTIAL_SHAPE}\"."
        )),
        ClaimError::EmptyAccessKeyId => malformed(
            "a non-empty Access Key (AKID) must be provided in the credential.".to_owned(),
        ),
        ClaimError::WrongTerminator { found } => malformed(wrong_terminator(found)),
        ClaimError::MalformedScopeDate { found } => malformed(wrong_scope_date(found)),
        ClaimError::ScopeDateMismatch { scope, date } => malformed(scope_mismatch(scope, date)),
        ClaimError::MalformedDate => Fault::new(ErrorCode::AccessDenied)
            .saying("AWS authentication requires a valid Date or x-amz-date header"),
        other => malformed(format!("{other}.")),
    }
}

fn wrong_terminator(found: &str) -> String {
    format!("incorrect terminal \"{found}\". This endpoint uses \"aws4_request\".")
}

fn wrong_scope_date(found: &str) -> String {
    format!(
        "incorrect date format \"{found}\". This date in the credential must be in the format \
         \"yyyyMMdd\"."
    )
}

fn scope_mismatch(scope: &str, date: &str) -> String {
    format!(
        "Invalid credential date \"{scope}\". This date is not the same as X-Amz-Date: \"{date}\"."
    )
}

/// Turns a claim that does not hold into a refusal.
#[must_use]
pub fn refuse_signature(error: &VerifyError, place: ClaimPlace, access_key_id: &str) -> Refusal {
    let fault = match error {
        VerifyError::AlgorithmMismatch => Fault::new(ErrorCode::SignatureDoesNotMatch),
        VerifyError::HostNotSigned => not_signed("host"),
        VerifyError::UnsignedAmzHeaders { names } => not_signed(&names.join(", ")),
        VerifyError::MalformedPayloadHash { found: None } => Fault::new(ErrorCode::InvalidRequest)
            .saying("Missing required header for this request: x-amz-content-sha256"),
        VerifyError::MalformedPayloadHash { found: Some(value) } => Fault::invalid_argument(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
             STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
             STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, \
             STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            "x-amz-content-sha256",
            value.clone(),
        ),
        VerifyError::MalformedTarget => Fault::new(ErrorCode::InvalidURI),
        VerifyError::WrongRegion { found, expected } => {
            let rest = format!("the region '{found}' is wrong; expecting '{expected}'");
            scope_fault(place, &rest).with("Region", expected.clone())
        }
        VerifyError::WrongService { found, expected } => {
            let rest =
                format!("incorrect service \"{found}\". This endpoint belongs to \"{expected}\".");
            scope_fault(place, &rest)
        }
        VerifyError::SignatureMismatch { ours } => {
            let spaced = |text: &str| {
                let bytes: Vec<String> = text.bytes().map(|b| format!("{b:02x}")).collect();
                bytes.join(" ")
            };
            let fault = Fault::new(ErrorCode::SignatureDoesNotMatch)
                .with("AWSAccessKeyId", access_key_id)
                .with("StringToSign", ours.string_to_sign.clone())
                .with("SignatureProvided", ours.signature_provided.clone())
                .with("StringToSignBytes", spaced(&ours.string_to_sign));
            if ours.canonical_request.is_empty() {
                fault
            } else {
                fault
                    .with("CanonicalRequest", ours.canonical_request.clone())
                    .with("CanonicalRequestBytes", spaced(&ours.canonical_request))
            }
        }
    };
    Refusal::new(fault, error.to_string())
}

fn scope_fault(place: ClaimPlace, rest: &str) -> Fault {
    match place {
        ClaimPlace::PostForm | ClaimPlace::Query => {
            Fault::new(ErrorCode::AuthorizationQueryParametersError).saying(format!(
                "Error parsing the X-Amz-Credential parameter; {rest}"
            ))
        }
        ClaimPlace::Header => Fault::new(ErrorCode::AuthorizationHeaderMalformed)
            .saying(format!("The authorization header is malformed; {rest}")),
    }
}

fn not_signed(names: &str) -> Fault {
    Fault::new(ErrorCode::AccessDenied)
        .saying("There were headers present in the request which were not signed")
        .with("HeadersNotSigned", names)
}

#[cfg(test)]
mod tests;
