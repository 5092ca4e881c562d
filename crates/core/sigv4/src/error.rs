//! Why a claim could not be read, or did not hold. Always the client's fault.
//!
//! [`ClaimError`] is about shape: what the request says cannot be understood. [`VerifyError`] is
//! about truth: it was understood and is not so. How each becomes an S3 error code is decided in one
//! place above this crate.

use thiserror::Error;

use crate::explain::Explanation;

/// Why a request's claim of who signed it could not be read.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ClaimError {
    /// An authentication parameter is there in another spelling of case (threat A5).
    #[error("query parameter `{found}` must be spelled `{name}`")]
    CaseVariant {
        /// The name as S3 spells it.
        name: &'static str,
        /// The name as sent.
        found: String,
    },
    /// The credential begins with its slash.
    #[error("access key id is empty")]
    EmptyAccessKeyId,
    /// `X-Amz-Expires` is below zero.
    #[error("X-Amz-Expires is negative")]
    ExpiresNegative,
    /// `X-Amz-Expires` is not made of ASCII digits, or beyond any integer.
    #[error("X-Amz-Expires is not a number")]
    ExpiresNotANumber,
    /// `X-Amz-Expires` is over 604800 seconds.
    #[error("X-Amz-Expires of {found} s is over a week")]
    ExpiresTooLong {
        /// The seconds asked for.
        found: u64,
    },
    /// The `Authorization` header has not exactly one space between scheme and components.
    #[error("authorization header has no single space after its scheme")]
    MalformedAuthorization,
    /// A component of the `Authorization` header is not `Name=value`.
    #[error("authorization component `{component}` is malformed")]
    MalformedComponent {
        /// The component as sent.
        component: String,
    },
    /// The credential has not the five components (SigV4A: four).
    #[error("credential does not have the right number of components")]
    MalformedCredential,
    /// The signing date is not `YYYYMMDDTHHMMSSZ`.
    #[error("signing date is not in the form YYYYMMDDTHHMMSSZ")]
    MalformedDate,
    /// The scope's date is not a day `YYYYMMDD`.
    #[error("scope date `{found}` is not a day")]
    MalformedScopeDate {
        /// The date as sent.
        found: String,
    },
    /// The list of signed headers is not lower-case names joined by semicolons.
    #[error("signed headers `{found}` are malformed")]
    MalformedSignedHeaders {
        /// The list as sent.
        found: String,
    },
    /// The `Authorization` header lacks this component.
    #[error("authorization header lacks {name}")]
    MissingComponent {
        /// `Credential`, `SignedHeaders` or `Signature`.
        name: &'static str,
    },
    /// The `Authorization` header has none of its components.
    #[error("authorization header has no components")]
    MissingComponents,
    /// A header-signed request has neither `x-amz-date` nor a usable `Date`.
    #[error("request has no signing date")]
    MissingDate,
    /// At least one of the six query parameters is there, and this one is missing or empty.
    #[error("query parameter `{name}` is missing or empty")]
    MissingParameter {
        /// The missing one.
        name: &'static str,
    },
    /// An authentication parameter, header or component is there more than once (threat A5).
    #[error("`{name}` is given more than once")]
    Repeated {
        /// Its name.
        name: &'static str,
    },
    /// The scope's date is not the day of the signing date.
    #[error("scope date {scope} is not the day of {date}")]
    ScopeDateMismatch {
        /// The day in the scope.
        scope: String,
        /// The signing date.
        date: String,
    },
    /// A SigV2 request with all its parts.
    #[error("signature version 2 is not accepted")]
    SignatureVersion2,
    /// A SigV2 query with some parts missing.
    #[error("signature version 2 query is incomplete")]
    SignatureVersion2Incomplete,
    /// More than one way of authenticating in one request (threat A14).
    #[error("more than one authentication mechanism in one request")]
    SeveralMechanisms,
    /// `X-Amz-Algorithm` or the scheme is not one of the two algorithms.
    #[error("algorithm `{found}` is not supported")]
    UnknownAlgorithm {
        /// The name as sent.
        found: String,
    },
    /// The `Authorization` header has a scheme that S3 does not know.
    #[error("authorization scheme is not supported")]
    UnknownScheme {
        /// The scheme as sent.
        found: String,
    },
    /// The scope does not end in `aws4_request`.
    #[error("scope ends in `{found}`")]
    WrongTerminator {
        /// The last component.
        found: String,
    },
}

/// Why a claim that could be read does not hold.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum VerifyError {
    /// The key handed in is for the other algorithm.
    #[error("verification key does not fit the claimed algorithm")]
    AlgorithmMismatch,
    /// `host` is not among the signed headers (threat A8).
    #[error("header `host` must be signed")]
    HostNotSigned,
    /// `x-amz-content-sha256` is required and missing, or not one of its kinds.
    #[error("payload hash is missing or malformed")]
    MalformedPayloadHash {
        /// The value as sent, if there was one.
        found: Option<String>,
    },
    /// The path or the query cannot be percent-decoded.
    #[error("request target cannot be decoded")]
    MalformedTarget,
    /// The signature is not the one we compute.
    #[error("signature does not match")]
    SignatureMismatch {
        /// What we signed, for the refusal document.
        ours: Box<Explanation>,
    },
    /// Headers beginning `x-amz-` are in the request and not signed (threat A1).
    #[error("headers {names:?} must be signed")]
    UnsignedAmzHeaders {
        /// Their names, lower case.
        names: Vec<String>,
    },
    /// The scope's region, or the region set, does not cover this server's region.
    #[error("region `{found}` is not `{expected}`")]
    WrongRegion {
        /// As claimed.
        found: String,
        /// This server's.
        expected: String,
    },
    /// The scope's service is not the expected one.
    #[error("service `{found}` is not `{expected}`")]
    WrongService {
        /// As claimed.
        found: String,
        /// This server's.
        expected: String,
    },
}
