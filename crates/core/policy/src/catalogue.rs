//! What policies may name: condition keys with their types, and the actions of the services that are here.
//!
//! "AWS global condition context keys" and "Actions, resources, and condition keys" of S3, STS and IAM. A name
//! that is in no table is refused when the policy is stored: a misspelt key in a Deny would never match, and
//! nobody would notice. Keys that AWS has but no request here can carry (`aws:SourceVpc`) are in the
//! table, because AWS's own guidance uses them; they are simply absent.

mod actions;
mod keys;
mod provider;
mod services;

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

/// A service whose actions policies here decide upon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    Countersign,
    Iam,
    S3,
    Sts,
}

impl Service {
    pub(crate) const ALL: [Self; 4] = [Self::Countersign, Self::Iam, Self::S3, Self::Sts];

    /// The service with this prefix, whatever its case.
    pub(crate) fn of(prefix: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|service| service.prefix().eq_ignore_ascii_case(prefix))
    }

    /// What stands before the colon of its actions.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Countersign => "countersign",
            Self::Iam => "iam",
            Self::S3 => "s3",
            Self::Sts => "sts",
        }
    }

    /// What it is called in a sentence.
    pub(crate) fn spoken(self) -> &'static str {
        match self {
            Self::Countersign => "Countersign",
            Self::Iam => "IAM",
            Self::S3 => "S3",
            Self::Sts => "STS",
        }
    }

    /// Its actions, in order.
    pub(crate) fn actions(self) -> impl Iterator<Item = &'static str> {
        let (of_s3, others): (&'static [(&'static str, Target)], &'static [&'static str]) =
            match self {
                Self::Countersign => (&[], services::COUNTERSIGN),
                Self::Iam => (&[], services::IAM),
                Self::S3 => (actions::ACTIONS, &[]),
                Self::Sts => (&[], services::STS),
            };
        of_s3
            .iter()
            .map(|(name, _)| *name)
            .chain(others.iter().copied())
    }
}

/// Every action that a request here can be decided for, such as `s3:GetObject` and `sts:AssumeRole`.
pub fn known_actions() -> impl Iterator<Item = &'static str> {
    Service::ALL.into_iter().flat_map(Service::actions)
}

/// Every action of S3, such as `s3:GetObject`.
pub fn s3_actions() -> impl Iterator<Item = &'static str> {
    Service::S3.actions()
}

/// The actions of S3 with what each is done to.
pub(crate) fn actions() -> &'static [(&'static str, Target)] {
    actions::ACTIONS
}

/// What is known of a condition key, whose case does not matter; a tag key is known by its family, the claim of
/// an identity provider by its form.
#[must_use]
pub fn condition_key(key: &str) -> Option<&'static KeyFacts> {
    find(key)
}

pub(crate) fn find(key: &str) -> Option<&'static KeyFacts> {
    let listed = keys::KEYS.iter().find(|facts| {
        if facts.name.ends_with('/') {
            let family = key.get(..facts.name.len());
            family.is_some_and(|family| family.eq_ignore_ascii_case(facts.name))
                && key.len() > facts.name.len()
        } else {
            facts.name.eq_ignore_ascii_case(key)
        }
    });
    listed.or_else(|| provider::is_claim(key).then_some(&keys::CLAIM))
}

/// The known key that is most like this one.
pub(crate) fn nearest_key(key: &str) -> Option<&'static str> {
    suggest::nearest(key, keys::KEYS.iter().map(|facts| facts.name))
}

#[cfg(test)]
mod tests;
