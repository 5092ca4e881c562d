//! The claim of a browser's POST form, from its fields.
//!
//! AWS, "Browser-based uploads using POST". Field names are compared without regard to case; the
//! string to sign is the base64 policy text exactly as sent, so no header is covered. A form is signed
//! with SigV4, or the old way, with SigV2; both ways at once are refused (threat A14).

use super::{AnyClaim, Claim, Placement, dated_credential};
use crate::v2_form::V2FormClaim;
use crate::{Algorithm, AmzDate, ClaimError};

/// The fields that authenticate. Those of SigV4 come first, and the first four of them are required.
const FIELDS: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "AWSAccessKeyId",
    "signature",
];

impl<'a> AnyClaim<'a> {
    /// Parses the claim in the fields of a POST form; `None` if no field speaks of a signature.
    ///
    /// # Errors
    /// [`ClaimError`]; [`ClaimError::MissingParameter`] names the field as S3 does.
    pub fn from_post_form(
        fields: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Option<Self>, ClaimError> {
        let mut values: [Option<&'a str>; FIELDS.len()] = [None; FIELDS.len()];
        for (name, value) in fields {
            let Some(at) = FIELDS.iter().position(|f| f.eq_ignore_ascii_case(name)) else {
                continue;
            };
            let (Some(known), Some(slot)) = (FIELDS.get(at), values.get_mut(at)) else {
                continue;
            };
            if slot.replace(value).is_some() {
                return Err(ClaimError::Repeated { name: known });
            }
        }
        let [
            algorithm,
            credential,
            date,
            signature,
            token,
            v2_id,
            v2_signature,
        ] = values;
        let version_4 = [algorithm, credential, date, signature];
        let has_version_4 = version_4.iter().any(Option::is_some);
        match (has_version_4, v2_id.is_some() || v2_signature.is_some()) {
            (false, false) if token.is_none() => Ok(None),
            (false, true) => Ok(Some(Self::V2Form(V2FormClaim {
                access_key_id: v2_id.unwrap_or_default(),
                signature: v2_signature.unwrap_or_default(),
                session_token: present(token),
            }))),
            (true, true) => Err(ClaimError::SeveralMechanisms),
            (_, false) => version_4_of(version_4, token).map(|claim| Some(Self::V4(claim))),
        }
    }
}

fn version_4_of<'a>(
    required: [Option<&'a str>; 4],
    token: Option<&'a str>,
) -> Result<Claim<'a>, ClaimError> {
    for (value, name) in required.iter().zip(FIELDS) {
        if value.is_none_or(str::is_empty) {
            return Err(ClaimError::MissingParameter { name });
        }
    }
    let [algorithm, credential, date, signature] = required.map(Option::unwrap_or_default);
    if Algorithm::from_name(algorithm) != Some(Algorithm::HmacSha256) {
        return Err(ClaimError::UnknownAlgorithm {
            found: algorithm.to_owned(),
        });
    }
    let (credential, date) =
        dated_credential(credential, Algorithm::HmacSha256, AmzDate::parse(date))?;
    Ok(Claim {
        algorithm: Algorithm::HmacSha256,
        access_key_id: credential.access_key_id,
        scope: credential.scope,
        date,
        signed_headers: None,
        signature,
        session_token: present(token),
        region_set: None,
        placement: Placement::PostForm,
    })
}

/// An empty token is as if it were not there.
fn present(token: Option<&str>) -> Option<&str> {
    token.filter(|token| !token.is_empty())
}
