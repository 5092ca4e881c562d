//! Conditions: an operator, a key, and what the key's values are held against.
//!
//! "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or values".
//! Within one condition the policy's values are alternatives; a negated operator wants none of them.
//! A missing key is decided by the operator alone:
//!
//! | operator | key missing |
//! | --- | --- |
//! | positive | false |
//! | negated | true |
//! | with `IfExists` | true |
//! | `ForAllValues:` | true |
//! | `ForAnyValue:` | false |
//!
//! INVARIANT: a variable without a value makes its value match nothing, never everything.

mod address;
mod compile;
mod date;
mod number;
mod operator;

use self::address::Network;
use self::number::Decimal;
use self::operator::{Ordering, Qualifier};
use crate::arn::ArnPattern;
use crate::context::Value;
use crate::effort::Metered;
use crate::pattern::{Pattern, Subject};

pub(crate) use compile::{Rules, compile};

/// One compiled condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    /// The key, in lower case.
    key: Box<str>,
    qualifier: Qualifier,
    if_exists: bool,
    negated: bool,
    test: Test,
}

/// What a value is held against; any one of the alternatives is enough.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Address(Box<[Network]>),
    Arn(Box<[ArnPattern]>),
    Binary(Box<[Box<[u8]>]>),
    Bool {
        yes: bool,
        no: bool,
    },
    /// Milliseconds since 1970.
    Date(Ordering, Box<[i64]>),
    Numeric(Ordering, Box<[Decimal]>),
    /// Whether the key must be absent, or present.
    Null {
        absent: bool,
        present: bool,
    },
    Text(Box<[Pattern]>),
    TextIgnoringCase(Box<[Pattern]>),
}

impl Condition {
    /// Whether the condition holds for the request.
    pub(crate) fn holds(&self, request: &Metered<'_>) -> bool {
        let values = request.values(&self.key);
        let is_absent = values.is_absent();
        if let Test::Null { absent, present } = self.test {
            return if is_absent { absent } else { present };
        }
        if is_absent {
            return match self.qualifier {
                Qualifier::AllValues => true,
                Qualifier::AnyValue => self.if_exists,
                Qualifier::None => self.if_exists || self.negated,
            };
        }
        match self.qualifier {
            Qualifier::None => {
                values.any(|value| self.test.matches(value, request)) != self.negated
            }
            Qualifier::AnyValue => {
                values.any(|value| self.test.matches(value, request) != self.negated)
            }
            Qualifier::AllValues => {
                !values.any(|value| self.test.matches(value, request) == self.negated)
            }
        }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The keys that its variables name.
    pub(crate) fn variable_keys(&self) -> Vec<&str> {
        match &self.test {
            Test::Arn(arns) => {
                let sections = arns.iter().flat_map(ArnPattern::sections);
                sections.flat_map(Pattern::keys).collect()
            }
            Test::Text(texts) | Test::TextIgnoringCase(texts) => {
                texts.iter().flat_map(Pattern::keys).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the condition can only hold for values that the policy fixes, as block public access
    /// understands it: no wildcard, no variable, no broad network, and not when the key is missing.
    pub(crate) fn fixes_its_key(&self) -> bool {
        if self.negated || self.if_exists || self.qualifier == Qualifier::AllValues {
            return false;
        }
        match &self.test {
            Test::Address(networks) => networks.iter().all(|network| !network.is_broad()),
            Test::Arn(arns) => arns.iter().all(|arn| {
                let account_only = self.key() == "s3:dataaccesspointarn";
                let mut sections = arn.sections().iter();
                let fixed = |section: &Pattern| section.literal().is_some();
                match account_only {
                    true => sections.nth(4).is_some_and(fixed),
                    false => sections.all(fixed),
                }
            }),
            Test::Text(texts) | Test::TextIgnoringCase(texts) => texts.iter().all(|text| {
                text.literal()
                    .is_some_and(|text| !text.contains(['*', '?']))
            }),
            _ => false,
        }
    }
}

impl Test {
    fn matches(&self, value: Value<'_>, request: &Metered<'_>) -> bool {
        if !request.spend_on(value.bytes()) || !request.spend(self.others()) {
            return false;
        }
        match self {
            Self::Address(networks) => address::of(value)
                .is_some_and(|address| networks.iter().any(|network| network.contains(address))),
            Self::Arn(arns) => match value {
                Value::Text(text) => arns.iter().any(|arn| arn.matches(text, request)),
                _ => false,
            },
            Self::Binary(alternatives) => {
                let text = value.to_text();
                alternatives.iter().any(|bytes| **bytes == *text.as_bytes())
            }
            Self::Bool { yes, no } => match bool_of(value) {
                Some(true) => *yes,
                Some(false) => *no,
                None => false,
            },
            Self::Date(ordering, alternatives) => date::of(value).is_some_and(|date| {
                alternatives
                    .iter()
                    .any(|other| ordering.holds(&date, other))
            }),
            Self::Numeric(ordering, alternatives) => Decimal::of(value).is_some_and(|number| {
                alternatives
                    .iter()
                    .any(|other| ordering.holds(&number, other))
            }),
            Self::Null { .. } => false,
            Self::Text(alternatives) => {
                let text = value.to_text();
                let subject = Subject::text(&text);
                alternatives.iter().any(|p| p.matches(subject, request))
            }
            Self::TextIgnoringCase(alternatives) => {
                let text = value.to_text();
                alternatives
                    .iter()
                    .any(|p| p.equals_ignoring_case(&text, request))
            }
        }
    }

    /// How many alternatives are gone through that do not count for themselves.
    fn others(&self) -> usize {
        match self {
            Self::Address(networks) => networks.len(),
            Self::Binary(alternatives) => alternatives.len(),
            Self::Date(_, alternatives) => alternatives.len(),
            Self::Numeric(_, alternatives) => alternatives.len(),
            // Patterns pay for what they compare.
            Self::Arn(_) | Self::Text(_) | Self::TextIgnoringCase(_) => 0,
            Self::Bool { .. } | Self::Null { .. } => 0,
        }
    }
}

fn bool_of(value: Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(truth),
        Value::Text(text) => operator::parse_bool(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
