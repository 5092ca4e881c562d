//! The claim of a header-signed request, from `Authorization`.
//!
//! `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`: one space after the scheme, then
//! components joined by commas with or without spaces. The signing date is `x-amz-date`, or `Date`
//! in the basic form or as an HTTP date.

use countersign_request::{Query, RequestHead};

use super::{Claim, Placement, dated_credential};
use crate::{Algorithm, AmzDate, ClaimError, SignedHeaders};

impl<'a> Claim<'a> {
    /// Parses the claim in the `Authorization` header.
    ///
    /// # Errors
    /// [`ClaimError`]; [`ClaimError::MissingDate`] comes first, as with S3.
    pub(super) fn from_authorization(
        head: &RequestHead<'a>,
        query: &'a Query,
    ) -> Result<Self, ClaimError> {
        let authorization = sole(head, "authorization", "Authorization")?
            .ok_or(ClaimError::MalformedAuthorization)?;
        let authorization =
            std::str::from_utf8(authorization).map_err(|_| ClaimError::MalformedAuthorization)?;
        let (scheme, components) = authorization
            .split_once(' ')
            .ok_or(ClaimError::MalformedAuthorization)?;
        if scheme == "AWS" {
            return Err(ClaimError::SignatureVersion2);
        }
        let algorithm = match Algorithm::from_name(scheme) {
            Some(algorithm) => algorithm,
            None if scheme.starts_with("AWS4-") => {
                return Err(ClaimError::UnknownAlgorithm {
                    found: scheme.to_owned(),
                });
            }
            None => {
                return Err(ClaimError::UnknownScheme {
                    found: scheme.to_owned(),
                });
            }
        };
        let date = signing_date(head)?;
        let [credential, signed_headers, signature] = parse_components(components)?;
        let (credential, date) = dated_credential(credential, algorithm, date)?;
        let session_token = text(sole(head, "x-amz-security-token", "x-amz-security-token")?)?;
        if session_token.is_some() && query.has("X-Amz-Security-Token") {
            return Err(ClaimError::Repeated {
                name: "X-Amz-Security-Token",
            });
        }
        let region_set = text(sole(head, "x-amz-region-set", "x-amz-region-set")?)?;
        if algorithm == Algorithm::EcdsaP256Sha256 && region_set.is_none_or(str::is_empty) {
            return Err(ClaimError::MissingParameter {
                name: "X-Amz-Region-Set",
            });
        }
        Ok(Self {
            algorithm,
            access_key_id: credential.access_key_id,
            scope: credential.scope,
            date,
            signed_headers: Some(SignedHeaders::parse(signed_headers)?),
            signature,
            session_token,
            region_set,
            placement: Placement::Header,
        })
    }
}

const COMPONENTS: [&str; 3] = ["Credential", "SignedHeaders", "Signature"];

fn parse_components(text: &str) -> Result<[&str; 3], ClaimError> {
    let mut values: [Option<&str>; 3] = [None; 3];
    for component in text.split(',').map(|c| c.trim_matches([' ', '\t'])) {
        // Only a name is kept: the rest of a component may be a signature (threat F1).
        let malformed = || ClaimError::MalformedComponent {
            component: component_name(component).to_owned(),
        };
        let (name, value) = component.split_once('=').ok_or_else(malformed)?;
        let at = COMPONENTS
            .iter()
            .position(|known| *known == name)
            .ok_or_else(malformed)?;
        let (Some(known), Some(slot)) = (COMPONENTS.get(at), values.get_mut(at)) else {
            continue;
        };
        if slot.replace(value).is_some() {
            return Err(ClaimError::Repeated { name: known });
        }
    }
    if values.iter().all(Option::is_none) {
        return Err(ClaimError::MissingComponents);
    }
    for (value, name) in values.iter().zip(COMPONENTS) {
        if value.is_none_or(str::is_empty) {
            return Err(ClaimError::MissingComponent { name });
        }
    }
    Ok(values.map(Option::unwrap_or_default))
}

/// What a component is called, if that can be told from its value.
fn component_name(component: &str) -> &str {
    let name = component.split(['=', ' ']).next().unwrap_or_default();
    let plain = name.len() <= 24 && name.bytes().all(|b| b.is_ascii_alphabetic());
    if plain { name } else { "" }
}

/// The signing date; `Ok(None)` if there is one that cannot be read.
fn signing_date(head: &RequestHead<'_>) -> Result<Option<AmzDate>, ClaimError> {
    if let Some(value) = sole(head, "x-amz-date", "x-amz-date")? {
        return Ok(std::str::from_utf8(value).ok().and_then(AmzDate::parse));
    }
    let value = sole(head, "date", "Date")?.ok_or(ClaimError::MissingDate)?;
    let text = std::str::from_utf8(value).map_err(|_| ClaimError::MissingDate)?;
    AmzDate::parse(text)
        .or_else(|| parse_http_date(text))
        .map(Some)
        .ok_or(ClaimError::MissingDate)
}

/// Reads the preferred HTTP date form, `Fri, 24 May 2013 00:00:00 GMT` (RFC 9110, section 5.6.7).
/// Python clients write the same instant with the zone of mail, `-0000` (RFC 5322, section 3.3).
fn parse_http_date(text: &str) -> Option<AmzDate> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let day = parts.next().filter(|d| d.len() == 2)?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    let year = parts.next().filter(|y| y.len() == 4)?;
    let time = parts.next()?.replace(':', "");
    let zone = parts.next()?;
    (matches!(zone, "GMT" | "+0000" | "-0000") && parts.next().is_none())
        .then(|| AmzDate::parse(&format!("{year}{month:02}{day}T{time}Z")))?
}

/// The only value of a header; two are refused.
fn sole<'a>(
    head: &RequestHead<'a>,
    header: &str,
    name: &'static str,
) -> Result<Option<&'a [u8]>, ClaimError> {
    let mut values = head.values(header);
    let first = values.next();
    if values.next().is_some() {
        return Err(ClaimError::Repeated { name });
    }
    Ok(first)
}

fn text(value: Option<&[u8]>) -> Result<Option<&str>, ClaimError> {
    value
        .map(|v| std::str::from_utf8(v).map_err(|_| ClaimError::MalformedAuthorization))
        .transpose()
}
