//! What is true of a request, asked for key by key.
//!
//! Values keep their type until a condition compares them, so nothing is formatted only to be read
//! again.

use std::borrow::Cow;
use std::net::IpAddr;

/// Tells what a request's condition keys are.
///
/// Only keys that some condition or variable of the policies names are asked for, each when it is
/// needed, so an expensive value may be found out here. Functions of `&str` are contexts.
///
/// The evaluator itself answers what follows from the principal: `aws:username`, `aws:userid`,
/// `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`,
/// `aws:ViaAWSService`, `aws:ResourceAccount` and `s3:ResourceAccount`.
pub trait Context {
    /// The values of a key, which is in lower case, tag keys included (`aws:principaltag/team`).
    fn values(&self, key: &str) -> Values<'_>;
}

impl<F: Fn(&str) -> Values<'static>> Context for F {
    fn values(&self, key: &str) -> Values<'_> {
        self(key)
    }
}

/// The values of one condition key.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Values<'a> {
    /// The request does not have the key.
    #[default]
    Absent,
    /// A key with one value.
    One(Value<'a>),
    /// A key with several values, such as `aws:TagKeys`; none at all counts as absent.
    Many(&'a [&'a str]),
}

/// A value of a condition key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// An IP address.
    Address(IpAddr),
    /// Whether it is so.
    Bool(bool),
    /// An instant, in milliseconds since 1970.
    Date(i64),
    /// A whole number; decimal fractions come as text.
    Number(i64),
    /// Text.
    Text(&'a str),
}

impl<'a> Values<'a> {
    pub(crate) fn is_absent(self) -> bool {
        match self {
            Values::Absent => true,
            Values::One(_) => false,
            Values::Many(texts) => texts.is_empty(),
        }
    }

    /// The value of a key that has exactly one.
    pub(crate) fn single(self) -> Option<Value<'a>> {
        match self {
            Values::One(value) => Some(value),
            Values::Many([text]) => Some(Value::Text(text)),
            Values::Absent | Values::Many(_) => None,
        }
    }

    pub(crate) fn any(self, mut test: impl FnMut(Value<'a>) -> bool) -> bool {
        match self {
            Values::Absent => false,
            Values::One(value) => test(value),
            Values::Many(texts) => texts.iter().any(|text| test(Value::Text(text))),
        }
    }
}

impl<'a> Value<'a> {
    /// About how many bytes the value has as text.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            _ => 0,
        }
    }

    /// The value as a policy would write it.
    pub(crate) fn to_text(self) -> Cow<'a, str> {
        match self {
            Value::Address(address) => address.to_canonical().to_string().into(),
            Value::Bool(true) => "true".into(),
            Value::Bool(false) => "false".into(),
            Value::Date(ms) => ms.div_euclid(1_000).to_string().into(),
            Value::Number(number) => number.to_string().into(),
            Value::Text(text) => text.into(),
        }
    }
}

impl<'a> From<&'a str> for Values<'a> {
    fn from(text: &'a str) -> Self {
        Values::One(Value::Text(text))
    }
}

impl<'a> From<Option<&'a str>> for Values<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Values::Absent, Self::from)
    }
}

impl<'a> From<&'a [&'a str]> for Values<'a> {
    fn from(texts: &'a [&'a str]) -> Self {
        Values::Many(texts)
    }
}

impl From<IpAddr> for Values<'_> {
    fn from(address: IpAddr) -> Self {
        Values::One(Value::Address(address))
    }
}

impl From<bool> for Values<'_> {
    fn from(truth: bool) -> Self {
        Values::One(Value::Bool(truth))
    }
}

impl From<i64> for Values<'_> {
    fn from(number: i64) -> Self {
        Values::One(Value::Number(number))
    }
}
