//! The claims of an identity provider's token: as condition keys of trust policies, and as what they say of the
//! session to be begun.
//!
//! "Available keys for AWS OIDC federation" and "Pass session tags": a claim is the key `PROVIDER:CLAIM`; tags
//! and source identity come in claims of AWS's own name.
//!
//! INVARIANT: a claim is found under one key. Two claims whose names differ in case only are refused, as condition
//! keys are the same in any case.

use std::borrow::Cow;
use std::collections::BTreeMap;

use countersign_oidc::Verified;
use countersign_policy::{Value as KeyValue, Values};
use serde_json::{Map, Value};

use crate::refusal::Refusal;
use crate::shape;

const TAGS: &str = "https://aws.amazon.com/tags";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// The claims by the condition key that each of them is, in lower case.
#[derive(Debug)]
pub(crate) struct Claims<'t> {
    keys: BTreeMap<String, Claim<'t>>,
}

/// The value of a claim that conditions can compare; objects and nothing are none.
#[derive(Debug)]
enum Claim<'t> {
    Bool(bool),
    Several(Vec<&'t str>),
    Text(Cow<'t, str>),
}

/// What a token says of the session that is begun with it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Brought<'t> {
    pub(crate) tags: Vec<(&'t str, &'t str)>,
    pub(crate) transitive_keys: Vec<&'t str>,
    pub(crate) source_identity: Option<&'t str>,
}

impl<'t> Claims<'t> {
    /// The claims of a token of the provider with this name, `HOST/PATH`.
    ///
    /// # Errors
    /// `InvalidIdentityToken` if two claims are one key.
    pub(crate) fn of(provider: &str, token: &'t Verified) -> Result<Self, Refusal> {
        let mut keys = BTreeMap::new();
        for (name, value) in &token.claims {
            let claim = match value {
                // AWS: of several audiences, the one that the token was accepted for.
                _ if name == "aud" => Claim::Text(token.audience.as_str().into()),
                Value::Bool(truth) => Claim::Bool(*truth),
                Value::Number(number) => Claim::Text(number.to_string().into()),
                Value::String(text) => Claim::Text(text.into()),
                Value::Array(values) => match values.iter().map(Value::as_str).collect() {
                    Some(texts) => Claim::Several(texts),
                    None => continue,
                },
                Value::Null | Value::Object(_) => continue,
            };
            let key = format!("{provider}:{name}").to_lowercase();
            if keys.insert(key, claim).is_some() {
                return Err(Refusal::invalid_token(
                    "two claims have names that differ in case only",
                ));
            }
        }
        Ok(Self { keys })
    }

    /// The values of a condition key.
    pub(crate) fn values(&self, key: &str) -> Values<'_> {
        match self.keys.get(key) {
            None => Values::Absent,
            Some(Claim::Bool(truth)) => Values::One(KeyValue::Bool(*truth)),
            Some(Claim::Several(texts)) => Values::Many(texts),
            Some(Claim::Text(text)) => Values::One(KeyValue::Text(text)),
        }
    }
}

impl<'t> Brought<'t> {
    /// Reads AWS's own claims.
    ///
    /// # Errors
    /// `InvalidIdentityToken` if they are not as AWS describes them, rather than passing over what was to narrow.
    pub(crate) fn of(claims: &'t Map<String, Value>) -> Result<Self, Refusal> {
        let malformed = |what| move || Refusal::invalid_token(what);
        let mut brought = Self::default();
        if let Some(tags) = claims.get(TAGS) {
            let malformed = malformed("the claim of session tags is malformed");
            let tags = tags.as_object().ok_or_else(malformed)?;
            let known = ["principal_tags", "transitive_tag_keys"];
            let of_principal = tags.get("principal_tags").and_then(Value::as_object);
            if tags.keys().any(|name| !known.contains(&name.as_str())) {
                return Err(malformed());
            }
            for (key, value) in of_principal.ok_or_else(malformed)? {
                let value = match value {
                    Value::Array(values) => match values.as_slice() {
                        [one] => one.as_str(),
                        _ => None,
                    },
                    one => one.as_str(),
                };
                let value = value.ok_or_else(malformed)?;
                let fits = shape::TAG_KEY.violations(key).is_empty()
                    && shape::TAG_VALUE.violations(value).is_empty();
                if !fits {
                    return Err(malformed());
                }
                brought.tags.push((key, value));
            }
            if let Some(keys) = tags.get("transitive_tag_keys") {
                let keys = keys.as_array().ok_or_else(malformed)?;
                let keys: Option<Vec<&str>> = keys.iter().map(Value::as_str).collect();
                brought.transitive_keys = keys.ok_or_else(malformed)?;
            }
        }
        if let Some(identity) = claims.get(SOURCE_IDENTITY) {
            let malformed = malformed("the claim of the source identity is malformed");
            let fits = |text: &&str| {
                shape::SESSION_NAME.violations(text).is_empty() && !text.starts_with("aws:")
            };
            let identity = identity.as_str().filter(fits).ok_or_else(malformed)?;
            brought.source_identity = Some(identity);
        }
        Ok(brought)
    }
}

#[cfg(test)]
mod tests;
