//! What policies may name: condition keys with their types, and S3's actions.
//!
//! "AWS global condition context keys" and "Actions, resources, and condition keys for Amazon S3". A name
//! that is in no table is refused when the policy is stored: a misspelt key in a Deny would never match, and
//! nobody would notice. Keys that AWS has but no request here can carry (`aws:SourceVpc`) are in the
//! table, because AWS's own guidance uses them; they are simply absent.

mod actions;
mod keys;

use crate::suggest;

pub(crate) use actions::Target;

/// What a condition key is compared as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Family {
    /// An IP address.
    Address,
    /// Text of any kind, as in tags; every operator is taken.
    Any,
    /// An ARN, also compared as a string.
    Arn,
    /// `true` or `false`.
    Bool,
    /// An instant.
    Date,
    /// An instant in seconds since 1970, as a date or as a number.
    Epoch,
    /// A number.
    Number,
    /// Text.
    Text,
}

/// A condition key that policies may name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyFacts {
    /// The name as AWS writes it; that of a family of tags ends in `/`.
    pub name: &'static str,
    /// What it is compared as.
    pub family: Family,
    /// Whether it has several values.
    pub several: bool,
    /// Whether requests here can have it; one that they cannot have is always absent.
    pub present: bool,
    /// The only values it ever has; empty if there is no such list.
    pub values: &'static [&'static str],
}

/// Every condition key that policies may name.
#[must_use]
pub fn condition_keys() -> &'static [KeyFacts] {
    keys::KEYS
}

/// Every action of S3, such as `s3:GetObject`.
pub fn s3_actions() -> impl Iterator<Item = &'static str> {
    actions::ACTIONS.iter().map(|(name, _)| *name)
}

/// The actions of S3 with what each is done to.
pub(crate) fn actions() -> &'static [(&'static str, Target)] {
    actions::ACTIONS
}

/// What is known of a key, whose case does not matter; a tag key is known by its family.
pub(crate) fn find(key: &str) -> Option<&'static KeyFacts> {
    keys::KEYS.iter().find(|facts| {
        if facts.name.ends_with('/') {
            let family = key.get(..facts.name.len());
            family.is_some_and(|family| family.eq_ignore_ascii_case(facts.name))
                && key.len() > facts.name.len()
        } else {
            facts.name.eq_ignore_ascii_case(key)
        }
    })
}

/// The known key that is most like this one.
pub(crate) fn nearest_key(key: &str) -> Option<&'static str> {
    suggest::nearest(key, keys::KEYS.iter().map(|facts| facts.name))
}

#[cfg(test)]
mod tests;
