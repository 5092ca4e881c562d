//! A token, taken apart: nothing of it is believed yet.
//!
//! RFC 7515, section 7.1 (compact form) and 4.1 (header), read strictly: three parts of base64url without
//! padding and stray bits, JSON without repeated names, no extension by `crit`.
//!
//! INVARIANT: nothing in a header chooses a key but `kid`, by name, among the issuer's own. `jku`, `jwk`, `x5u`
//! and `x5c` are not read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::TokenError;
use crate::error::shown;
use crate::key_set::SignatureAlgorithm;
use crate::strict_json::{self, JsonError};

/// The most bytes of a key's name.
const MOST_KEY_ID: usize = 256;

/// The types that a token may say it has, in lower case: an ID token (or one that does not say), or an access token
/// by RFC 9068. Any other is for something else than to show who somebody is (RFC 8725, section 3.11).
const TYPES: [&str; 4] = ["jwt", "application/jwt", "at+jwt", "application/at+jwt"];

/// A token whose form is right and whose signature was not looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UnverifiedToken<'t> {
    /// What its signature is made with.
    pub(crate) algorithm: SignatureAlgorithm,
    /// The key that it names.
    pub(crate) key_id: Option<String>,
    /// What it claims.
    pub(crate) claims: Map<String, Value>,
    /// What is signed: header and claims as they were sent.
    pub(crate) signed: &'t str,
    /// The signature in base64url, strictly written.
    pub(crate) signature: &'t str,
}

impl<'t> UnverifiedToken<'t> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'t str, most: usize) -> Result<Self, TokenError> {
        if token.len() > most {
            let bytes = token.len();
            return Err(TokenError::Oversize { bytes, most });
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(not_three_parts())?;
        let (header, claims) = signed.split_once('.').ok_or(not_three_parts())?;
        if claims.contains('.') {
            return Err(not_three_parts());
        }
        let header = read_part(header)?;
        let claims = read_part(claims)?;
        if signature.is_empty() || URL_SAFE_NO_PAD.decode(signature).is_err() {
            return Err(malformed("its signature is not base64url without padding"));
        }
        let (algorithm, key_id) = read_header(&header)?;
        Ok(Self {
            algorithm,
            key_id,
            claims,
            signed,
            signature,
        })
    }

    /// The issuer that it claims.
    pub(crate) fn issuer(&self) -> Result<&str, TokenError> {
        text_claim(&self.claims, "iss").ok_or(TokenError::Claim { claim: "iss" })
    }
}

/// Gives the issuer that a token claims, to find its provider. Nothing about the token is verified by that.
///
/// # Errors
/// If it is no token, or longer than 20,000 bytes, which is the most that STS takes.
pub fn issuer_of(token: &str) -> Result<String, TokenError> {
    let token = UnverifiedToken::parse(token, 20_000)?;
    token.issuer().map(str::to_owned)
}

/// A claim that is a text with something in it.
pub(crate) fn text_claim<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    let text = claims.get(name)?.as_str()?;
    (!text.is_empty()).then_some(text)
}

fn malformed(what: &'static str) -> TokenError {
    TokenError::Malformed { what }
}

fn not_three_parts() -> TokenError {
    malformed("it has not three parts")
}

fn read_part(part: &str) -> Result<Map<String, Value>, TokenError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| malformed("a part is not base64url without padding"))?;
    strict_json::object(&bytes).map_err(|error| match error {
        JsonError::NotAnObject => malformed("a part is no JSON object"),
        JsonError::NotStrict => malformed("a part is not JSON, or a name stands twice in it"),
    })
}

fn read_header(
    header: &Map<String, Value>,
) -> Result<(SignatureAlgorithm, Option<String>), TokenError> {
    if header.contains_key("crit") {
        return Err(TokenError::Critical);
    }
    let alg = header
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let algorithm =
        SignatureAlgorithm::named(alg).ok_or_else(|| TokenError::Algorithm { alg: shown(alg) })?;
    if let Some(typ) = header.get("typ") {
        let typ = typ.as_str().unwrap_or_default();
        if !TYPES.contains(&typ.to_ascii_lowercase().as_str()) {
            return Err(TokenError::Type { typ: shown(typ) });
        }
    }
    let key_id = match header.get("kid") {
        None => None,
        Some(Value::String(kid)) if kid.len() <= MOST_KEY_ID => Some(kid.clone()),
        Some(_) => return Err(malformed("`kid` is no text of 256 bytes at most")),
    };
    Ok((algorithm, key_id))
}

#[cfg(test)]
mod tests;
