//! The credential scope: what a signing key is good for.
//!
//! SigV4: `YYYYMMDD/region/service/aws4_request`. SigV4A: `YYYYMMDD/service/aws4_request`, the
//! region living in a region set instead. A credential is an access key id before the scope; access
//! key ids hold no slash, so five (or four) components it is, neither more nor fewer (threat A10).

use crate::amz_date::day_number;
use crate::ascii_split::ascii_split;
use crate::{Algorithm, ClaimError};

/// The last component of every scope.
pub const TERMINATOR: &str = "aws4_request";

/// A credential scope as claimed, borrowed from the request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CredentialScope<'a> {
    /// The whole scope as sent, for the string to sign.
    pub text: &'a str,
    /// `YYYYMMDD`, a day that exists.
    pub day: &'a str,
    /// The region; `None` for SigV4A.
    pub region: Option<&'a str>,
    /// The service, such as `s3`.
    pub service: &'a str,
}

/// An access key id with its scope.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Credential<'a> {
    /// Whose credential it is said to be.
    pub access_key_id: &'a str,
    /// What it was narrowed to.
    pub scope: CredentialScope<'a>,
}

impl<'a> Credential<'a> {
    /// Parses `AKID/YYYYMMDD/region/service/aws4_request` (SigV4A: without the region).
    ///
    /// # Errors
    /// [`ClaimError`]: wrong number of components, empty access key id, wrong terminator, or a date
    /// that is not a day. Region and service are left for the verifier to compare.
    pub fn parse(text: &'a str, algorithm: Algorithm) -> Result<Self, ClaimError> {
        Self::parse_dated(text, algorithm).map(|(credential, _)| credential)
    }

    /// As [`Credential::parse`], with the number of the scope's day.
    pub(crate) fn parse_dated(
        text: &'a str,
        algorithm: Algorithm,
    ) -> Result<(Self, i64), ClaimError> {
        let mut parts = ascii_split(text, b'/');
        let mut next = || parts.next().ok_or(ClaimError::MalformedCredential);
        let access_key_id = next()?;
        let scope = text
            .get(access_key_id.len() + 1..)
            .ok_or(ClaimError::MalformedCredential)?;
        let day = next()?;
        let region = match algorithm {
            Algorithm::HmacSha256 => Some(next()?),
            Algorithm::EcdsaP256Sha256 => None,
        };
        let service = next()?;
        let terminator = next()?;
        if parts.next().is_some() {
            return Err(ClaimError::MalformedCredential);
        }
        if access_key_id.is_empty() {
            return Err(ClaimError::EmptyAccessKeyId);
        }
        if terminator != TERMINATOR {
            return Err(ClaimError::WrongTerminator {
                found: terminator.to_owned(),
            });
        }
        let day_number = day_number(day).ok_or_else(|| ClaimError::MalformedScopeDate {
            found: day.to_owned(),
        })?;
        let scope = CredentialScope {
            text: scope,
            day,
            region,
            service,
        };
        let credential = Self {
            access_key_id,
            scope,
        };
        Ok((credential, day_number))
    }
}
