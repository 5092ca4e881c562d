//! Why a signed URL or signed cookies are refused, and what CloudFront says then.
//!
//! The fact with its evidence is for the operator; the client reads the code and sentence of
//! [`ErrorCode`], which tell nothing about policies or keys.

use std::net::IpAddr;

use ipnet::IpNet;
use thiserror::Error;

use crate::epoch_time::EpochTime;
use crate::error_code::ErrorCode;
use crate::hash_algorithm::HashAlgorithm;
use crate::parameter::Parameter;
use crate::policy::PolicyError;

/// Why a request is not let in. Always the client's fault.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum CloudFrontError {
    /// The client is not in the network of the policy.
    #[error("{client} is not in {network}")]
    AddressNotAllowed {
        /// The client.
        client: IpAddr,
        /// The network of the policy.
        network: IpNet,
    },
    /// It is too late.
    #[error("expired at {expires_at}, and it is {now}")]
    Expired {
        /// The first moment at which the policy did not hold any more.
        expires_at: EpochTime,
        /// The moment of the request.
        now: EpochTime,
    },
    /// `Expires` is no moment in plain digits.
    #[error("`Expires` is no moment in seconds")]
    ExpiresMalformed,
    /// The hash is known, and not accepted here (threat K4).
    #[error("signatures over {hash} are not accepted")]
    HashNotAccepted {
        /// The hash.
        hash: HashAlgorithm,
    },
    /// The hash is not known.
    #[error("`Hash-Algorithm` is neither `SHA1` nor `SHA256`")]
    HashUnknown,
    /// The key is no longer accepted.
    #[error("key `{key_pair_id}` was accepted until {until}, and it is {now}")]
    KeyRetired {
        /// Its id.
        key_pair_id: Box<str>,
        /// The first moment at which it was not accepted any more.
        until: EpochTime,
        /// The moment of the request.
        now: EpochTime,
    },
    /// The key is not in the group (threat K7).
    #[error("key `{key_pair_id}` is not in the key group")]
    KeyUnknown {
        /// The id as claimed, cut to a bounded length.
        key_pair_id: Box<str>,
    },
    /// A signature lacks a part.
    #[error("`{parameter}` is missing")]
    Missing {
        /// The part. `Policy` stands for either `Policy` or `Expires`.
        parameter: Parameter,
    },
    /// Neither URL nor cookies are signed.
    #[error("the request is not signed")]
    NotSigned,
    /// It is too early.
    #[error("valid from {not_before}, and it is {now}")]
    NotYetValid {
        /// The first moment at which the policy holds.
        not_before: EpochTime,
        /// The moment of the request.
        now: EpochTime,
    },
    /// The policy cannot be understood.
    #[error("the policy is malformed: {0}")]
    PolicyMalformed(#[from] PolicyError),
    /// The policy is not in CloudFront's base64 (threat K5).
    #[error("the policy is not in CloudFront's base64")]
    PolicyNotEncoded,
    /// A part of the signature is there more than once.
    #[error("`{parameter}` is given more than once")]
    Repeated {
        /// The part.
        parameter: Parameter,
    },
    /// The policy is for something else.
    #[error("`{resource}` does not cover `{asked}`")]
    ResourceMismatch {
        /// The resource that was signed.
        resource: Box<str>,
        /// The URL that was asked for.
        asked: Box<str>,
    },
    /// The policy is for everything (threat K1).
    #[error("the resource names neither a host nor a path")]
    ResourceUnbounded,
    /// A restriction stands in a part of the query that the policy covers by a wildcard.
    #[error("restriction `{name}` is not signed: the policy covers the query by a wildcard")]
    RestrictionNotSigned {
        /// Its name as sent, cut to a bounded length.
        name: Box<str>,
    },
    /// A canned and a custom policy at once (threat K3).
    #[error("both `Policy` and `Expires` are given")]
    SeveralPolicies,
    /// The signature is not one of this key over this policy.
    #[error("signature does not match")]
    SignatureMismatch,
    /// The signature is not in CloudFront's base64 (threat K5).
    #[error("the signature is not in CloudFront's base64")]
    SignatureNotEncoded,
    /// A canned policy for a URL that JSON would have to escape.
    #[error("the URL has characters that no canned policy is signed for")]
    UrlNotPlain,
}

impl CloudFrontError {
    /// What the client is told.
    ///
    /// AWS does not document which code goes with every refusal; a part that is missing or repeated is answered
    /// like one that cannot be read.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::AddressNotAllowed { .. }
            | Self::Expired { .. }
            | Self::HashNotAccepted { .. }
            | Self::HashUnknown
            | Self::NotYetValid { .. }
            | Self::ResourceMismatch { .. }
            | Self::ResourceUnbounded
            | Self::RestrictionNotSigned { .. }
            | Self::SignatureMismatch
            | Self::UrlNotPlain => ErrorCode::AccessDenied,
            Self::KeyRetired { .. } | Self::KeyUnknown { .. } => ErrorCode::InvalidKey,
            Self::NotSigned => ErrorCode::MissingKey,
            Self::ExpiresMalformed
            | Self::PolicyMalformed(_)
            | Self::PolicyNotEncoded
            | Self::SeveralPolicies => ErrorCode::MalformedPolicy,
            Self::SignatureNotEncoded => ErrorCode::MalformedSignature,
            Self::Missing { parameter } => match parameter {
                Parameter::KeyPairId => ErrorCode::MissingKey,
                other => code_of(*other),
            },
            Self::Repeated { parameter } => code_of(*parameter),
        }
    }
}

/// What is said of a part that cannot be read.
const fn code_of(parameter: Parameter) -> ErrorCode {
    match parameter {
        Parameter::Expires | Parameter::Policy => ErrorCode::MalformedPolicy,
        Parameter::HashAlgorithm => ErrorCode::AccessDenied,
        Parameter::KeyPairId => ErrorCode::InvalidKey,
        Parameter::Signature => ErrorCode::MalformedSignature,
    }
}

/// A text from a request, as an error repeats it.
pub(crate) fn shown(text: &str) -> Box<str> {
    text.chars().take(64).collect::<String>().into()
}
