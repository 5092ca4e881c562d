//! What a token claims about itself, held against the time and against whom we are.
//!
//! OpenID Connect Core 1.0, section 3.1.3.7, and RFC 7519, section 4.1.

use serde_json::{Map, Value};

use crate::TokenError;
use crate::error::shown;
use crate::token::text_claim;

/// The most bytes of a subject: OpenID Connect Core 1.0, section 2.
const MOST_SUBJECT: usize = 255;

/// A provider that is trusted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ProviderRef<'p> {
    /// Its issuer, a URL as [`crate::IssuerUrl`] reads it.
    pub issuer: &'p str,
    /// Whom its tokens may be for. With none of them, no token of it is accepted.
    pub audiences: &'p [String],
}

/// What a token proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The issuer as the provider is registered; `iss` may have a slash more or less at its end.
    pub issuer: String,
    /// `sub`: whom the token is about, unique at its issuer. Up to 255 bytes.
    pub subject: String,
    /// The one of the provider's audiences that the token is for.
    pub audience: String,
    /// `iat`, in seconds since 1970.
    pub issued_at: i64,
    /// `exp`, in seconds since 1970. It may be over already, by less than the skew.
    pub expires_at: i64,
    /// Every claim, those above among them, for conditions of trust policies.
    pub claims: Map<String, Value>,
}

/// When a token is good.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Validity {
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
}

/// Holds a token's times against `now_s`, give or take `skew_s`.
pub(crate) fn check_times(
    claims: &Map<String, Value>,
    now_s: i64,
    skew_s: i64,
) -> Result<Validity, TokenError> {
    let expires_at = time(claims, "exp")?.ok_or(TokenError::Claim { claim: "exp" })?;
    let issued_at = time(claims, "iat")?.ok_or(TokenError::Claim { claim: "iat" })?;
    let not_before = time(claims, "nbf")?.unwrap_or(i64::MIN);
    let earliest = now_s.saturating_sub(skew_s);
    let latest = now_s.saturating_add(skew_s);
    if expires_at <= earliest {
        return Err(TokenError::Expired {
            expires_at,
            now: now_s,
        });
    }
    if issued_at > latest {
        return Err(TokenError::IssuedInFuture {
            issued_at,
            now: now_s,
        });
    }
    if not_before > latest {
        return Err(TokenError::NotYetValid {
            not_before,
            now: now_s,
        });
    }
    Ok(Validity {
        issued_at,
        expires_at,
    })
}

/// The subject.
pub(crate) fn subject(claims: &Map<String, Value>) -> Result<&str, TokenError> {
    text_claim(claims, "sub")
        .filter(|subject| subject.len() <= MOST_SUBJECT)
        .filter(|subject| !subject.chars().any(char::is_control))
        .ok_or(TokenError::Claim { claim: "sub" })
}

/// The one of `ours` that a token is for.
///
/// A token for one audience is for that one. A token for several that says to which party it was issued (`azp`)
/// is for that party; otherwise one of them must be ours.
pub(crate) fn audience(claims: &Map<String, Value>, ours: &[String]) -> Result<String, TokenError> {
    let missing = TokenError::Claim { claim: "aud" };
    let named: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => {
            let texts = several.iter().map(Value::as_str);
            texts.collect::<Option<_>>().ok_or(missing.clone())?
        }
        _ => return Err(missing),
    };
    if named.is_empty() || named.contains(&"") {
        return Err(missing);
    }
    let candidates = match claims.get("azp") {
        Some(party) if named.len() > 1 => {
            vec![party.as_str().ok_or(TokenError::Claim { claim: "azp" })?]
        }
        _ => named,
    };
    let is_ours = |audience: &&&str| ours.iter().any(|our| our == **audience);
    match candidates.iter().find(is_ours) {
        Some(audience) => Ok((*audience).to_owned()),
        None => Err(TokenError::Audience {
            audience: shown(&candidates.join(",")),
        }),
    }
}

/// A `NumericDate`, rounded down to seconds.
fn time(claims: &Map<String, Value>, claim: &'static str) -> Result<Option<i64>, TokenError> {
    // As large as times can be written by providers that know no end, and exact in a floating-point number.
    const MOST: f64 = 9_007_199_254_740_992.0;
    let Some(value) = claims.get(claim) else {
        return Ok(None);
    };
    if let Some(seconds) = value.as_i64() {
        return Ok(Some(seconds));
    }
    match value.as_f64() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rounded down, and within what an i64 holds"
        )]
        Some(seconds) if value.is_f64() && seconds.abs() <= MOST => {
            Ok(Some(seconds.floor() as i64))
        }
        _ => Err(TokenError::Claim { claim }),
    }
}

#[cfg(test)]
mod tests;
