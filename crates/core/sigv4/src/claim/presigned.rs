//! The claim of a presigned URL, from its decoded query.
//!
//! AWS, "Authenticating Requests: Using Query Parameters". Names are case-sensitive; a variant in
//! another case, or a second value, is refused rather than ignored, so that no reader of the
//! request can see something the verifier did not (threat A5). Order never matters: SDKs differ.

use countersign_request::{Query, RequestHead};

use super::auth_parameters::AuthParameters;
use super::{Claim, Placement, dated_credential};
use crate::{Algorithm, AmzDate, ClaimError, SignedHeaders, UNSIGNED_PAYLOAD};

/// The longest declared life, in seconds: a week.
pub const LONGEST_EXPIRES_S: u32 = 604_800;

impl<'a> Claim<'a> {
    /// Parses the claim of a presigned URL.
    ///
    /// Checks are made in the order S3 is known to make them: presence of the six parameters,
    /// algorithm, credential shape, date, bounds of the life. Service and region are left for
    /// [`verify`](crate::verify::verify).
    ///
    /// # Errors
    /// [`ClaimError`], saying which parameter is at fault.
    pub fn from_query(head: &RequestHead<'a>, query: &'a Query) -> Result<Self, ClaimError> {
        Self::from_parameters(head, &AuthParameters::of(query))
    }

    pub(super) fn from_parameters(
        head: &RequestHead<'a>,
        parameters: &AuthParameters<'a>,
    ) -> Result<Self, ClaimError> {
        let (required, [token, region_set, sha256]) = parameters.values()?;
        let [algorithm, credential, date, expires, signed, signature] = required;

        let algorithm =
            Algorithm::from_name(algorithm).ok_or_else(|| ClaimError::UnknownAlgorithm {
                found: algorithm.to_owned(),
            })?;
        let (credential, date) = dated_credential(credential, algorithm, AmzDate::parse(date))?;
        let expires_s = parse_expires(expires)?;
        let signed_headers = SignedHeaders::parse(signed)?;
        if token.is_some_and(str::is_empty) {
            return Err(ClaimError::MissingParameter {
                name: "X-Amz-Security-Token",
            });
        }
        if token.is_some() && head.has_header("x-amz-security-token") {
            return Err(ClaimError::Repeated {
                name: "X-Amz-Security-Token",
            });
        }
        // What a real hash in the query would mean to S3 is not known, so it is refused
        // (aws-semantics section 12, point 6); the SDK for JavaScript v3 sends the literal.
        if sha256.is_some_and(|value| !value.is_empty() && value != UNSIGNED_PAYLOAD) {
            return Err(ClaimError::MissingParameter {
                name: "X-Amz-Content-Sha256",
            });
        }
        let region_set = match algorithm {
            Algorithm::EcdsaP256Sha256 if region_set.is_none_or(str::is_empty) => {
                return Err(ClaimError::MissingParameter {
                    name: "X-Amz-Region-Set",
                });
            }
            Algorithm::EcdsaP256Sha256 => region_set,
            Algorithm::HmacSha256 => None,
        };
        Ok(Self {
            algorithm,
            access_key_id: credential.access_key_id,
            scope: credential.scope,
            date,
            signed_headers: Some(signed_headers),
            signature,
            session_token: token,
            region_set,
            placement: Placement::Query { expires_s },
        })
    }
}

/// Reads a life in seconds: ASCII digits only, 0 to a week (threat A18). Zero is a life that is over.
fn parse_expires(text: &str) -> Result<u32, ClaimError> {
    if let Some(digits) = text.strip_prefix('-') {
        return Err(if is_digits(digits) {
            ClaimError::ExpiresNegative
        } else {
            ClaimError::ExpiresNotANumber
        });
    }
    if !is_digits(text) {
        return Err(ClaimError::ExpiresNotANumber);
    }
    let seconds: u64 = text
        .parse::<i64>()
        .map_err(|_| ClaimError::ExpiresNotANumber)?
        .unsigned_abs();
    match u32::try_from(seconds) {
        Ok(seconds) if seconds <= LONGEST_EXPIRES_S => Ok(seconds),
        _ => Err(ClaimError::ExpiresTooLong { found: seconds }),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::parse_expires;
    use crate::ClaimError;

    #[test]
    fn a18_a_life_is_ascii_digits_within_a_week() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("1", Ok(1)),
            ("0900", Ok(900)),
            ("604800", Ok(604_800)),
            ("604801", Err(ClaimError::ExpiresTooLong { found: 604_801 })),
            (
                "1000000000",
                Err(ClaimError::ExpiresTooLong {
                    found: 1_000_000_000,
                }),
            ),
            ("-1", Err(ClaimError::ExpiresNegative)),
            ("-", Err(ClaimError::ExpiresNotANumber)),
            ("+5", Err(ClaimError::ExpiresNotANumber)),
            (" 5", Err(ClaimError::ExpiresNotANumber)),
            ("5.0", Err(ClaimError::ExpiresNotANumber)),
            ("1e3", Err(ClaimError::ExpiresNotANumber)),
            ("\u{ff15}", Err(ClaimError::ExpiresNotANumber)),
            ("9223372036854775808", Err(ClaimError::ExpiresNotANumber)),
            (
                "99999999999999999999999",
                Err(ClaimError::ExpiresNotANumber),
            ),
        ] {
            assert_eq!(parse_expires(text), expected, "{text}");
        }
    }
}
