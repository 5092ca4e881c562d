//! The claim of a browser's POST form, from its fields.
//!
//! AWS, "Browser-based uploads using POST". Field names are compared without regard to case; the
//! string to sign is the base64 policy text exactly as sent, so no header is covered.

use super::{Claim, Placement, dated_credential};
use crate::{Algorithm, AmzDate, ClaimError};

const FIELDS: [&str; 5] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
];

/// The fields of a SigV2 form.
const VERSION_2: [&str; 2] = ["AWSAccessKeyId", "signature"];

impl<'a> Claim<'a> {
    /// Parses the claim in the fields of a POST form; `None` if no field speaks of a signature.
    ///
    /// # Errors
    /// [`ClaimError`]; [`ClaimError::MissingParameter`] names the field as S3 does.
    pub fn from_post_form(
        fields: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Option<Self>, ClaimError> {
        let mut values: [Option<&'a str>; FIELDS.len()] = [None; FIELDS.len()];
        let mut version_2 = false;
        for (name, value) in fields {
            version_2 |= VERSION_2.iter().any(|f| f.eq_ignore_ascii_case(name));
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
        if values.iter().all(Option::is_none) {
            return if version_2 {
                Err(ClaimError::SignatureVersion2)
            } else {
                Ok(None)
            };
        }
        if version_2 {
            return Err(ClaimError::SeveralMechanisms);
        }
        for (value, name) in values.iter().zip(FIELDS).take(4) {
            if value.is_none_or(str::is_empty) {
                return Err(ClaimError::MissingParameter { name });
            }
        }
        let [algorithm, credential, date, signature, token] = values.map(Option::unwrap_or_default);
        if Algorithm::from_name(algorithm) != Some(Algorithm::HmacSha256) {
            return Err(ClaimError::UnknownAlgorithm {
                found: algorithm.to_owned(),
            });
        }
        let (credential, date) =
            dated_credential(credential, Algorithm::HmacSha256, AmzDate::parse(date))?;
        Ok(Some(Self {
            algorithm: Algorithm::HmacSha256,
            access_key_id: credential.access_key_id,
            scope: credential.scope,
            date,
            signed_headers: None,
            signature,
            session_token: (!token.is_empty()).then_some(token),
            region_set: None,
            placement: Placement::PostForm,
        }))
    }
}
