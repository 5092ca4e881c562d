//! From base64 text to a policy.
//!
//! INVARIANT: a document is read one way only. A name that stands twice, where two readers might
//! pick different values, is refused.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::{Condition, PostPolicy};
use crate::AmzDate;

/// The longest policy read, in bytes of base64; S3 allows 20 KiB before the file in all.
const LONGEST_POLICY: usize = 20 * 1024;
const MOST_CONDITIONS: usize = 256;

/// Why a policy document could not be read. `Display` is S3's message after `Invalid Policy: `.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PolicyParseError {
    /// A condition is neither list nor object.
    #[error("Invalid condition test: must be a List or Object.")]
    ConditionShape,
    /// `conditions` is not a list.
    #[error("Invalid 'conditions' value: must be a List.")]
    ConditionsNotAList,
    /// Nothing there.
    #[error("Expecting '{{' but found End-of-Input")]
    Empty,
    /// `expiration` is no ISO 8601 instant.
    #[error("Invalid 'expiration' value: '{found}'")]
    Expiration {
        /// The value as sent.
        found: String,
    },
    /// Not base64.
    #[error("invalid Base64 encoding.")]
    InvalidBase64,
    /// Not JSON, not UTF-8, or a name that stands twice.
    #[error("Invalid JSON.")]
    InvalidJson,
    /// `conditions` is missing.
    #[error("Policy missing conditions.")]
    MissingConditions,
    /// `expiration` is missing.
    #[error("Policy missing expiration.")]
    MissingExpiration,
    /// A list condition is empty or does not begin with text.
    #[error("Invalid Condition: missing operation identifier.")]
    MissingOperation,
    /// A bound of `content-length-range` is below zero: no file could ever be that small.
    #[error("Invalid content-length-range: a size must not be negative.")]
    NegativeSize,
    /// An object condition has not exactly one property.
    #[error(
        "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
    )]
    SimpleConditionCount,
    /// An object condition's value is not text.
    #[error("Invalid Simple-Condition: value must be a string.")]
    SimpleConditionValue,
    /// More conditions than any form has fields.
    #[error("Invalid 'conditions' value: too many.")]
    TooManyConditions,
    /// An unknown name at the top.
    #[error("Unexpected: '{name}'")]
    Unexpected {
        /// The name.
        name: String,
    },
    /// A list condition begins with an unknown operation.
    #[error("Invalid Condition: unknown operation '{operation}'.")]
    UnknownOperation {
        /// The operation.
        operation: String,
    },
    /// A list condition has not three elements.
    #[error("Invalid {operation}: wrong number of arguments.")]
    WrongArguments {
        /// The operation.
        operation: String,
    },
}

pub(super) fn parse_base64(text: &str) -> Result<PostPolicy, PolicyParseError> {
    if text.len() > LONGEST_POLICY {
        return Err(PolicyParseError::InvalidBase64);
    }
    // QUIRK: some encoders break base64 into lines.
    let compact: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let json = STANDARD
        .decode(compact)
        .map_err(|_| PolicyParseError::InvalidBase64)?;
    parse_json(std::str::from_utf8(&json).map_err(|_| PolicyParseError::InvalidJson)?)
}

pub(super) fn parse_json(text: &str) -> Result<PostPolicy, PolicyParseError> {
    if text.trim().is_empty() {
        return Err(PolicyParseError::Empty);
    }
    let json = with_json_escapes(text);
    let Json::Object(members) =
        serde_json::from_str(&json).map_err(|_| PolicyParseError::InvalidJson)?
    else {
        return Err(PolicyParseError::InvalidJson);
    };
    let (mut expiration, mut conditions) = (None, None);
    for (name, value) in members {
        let slot = match name.as_str() {
            "expiration" => &mut expiration,
            "conditions" => &mut conditions,
            _ => return Err(PolicyParseError::Unexpected { name }),
        };
        if slot.replace(value).is_some() {
            return Err(PolicyParseError::InvalidJson);
        }
    }
    let expiration_ms = match expiration.ok_or(PolicyParseError::MissingExpiration)? {
        Json::Text(text) => {
            parse_expiration(&text).ok_or(PolicyParseError::Expiration { found: text })?
        }
        other => {
            return Err(PolicyParseError::Expiration {
                found: other.to_string(),
            });
        }
    };
    let Json::List(list) = conditions.ok_or(PolicyParseError::MissingConditions)? else {
        return Err(PolicyParseError::ConditionsNotAList);
    };
    if list.len() > MOST_CONDITIONS {
        return Err(PolicyParseError::TooManyConditions);
    }
    let conditions = list
        .into_iter()
        .map(parse_condition)
        .collect::<Result<_, _>>()?;
    Ok(PostPolicy {
        expiration_ms,
        conditions,
    })
}

fn parse_condition(json: Json) -> Result<Condition, PolicyParseError> {
    match json {
        Json::Object(mut members) => {
            let (Some((field, value)), true) = (members.pop(), members.is_empty()) else {
                return Err(PolicyParseError::SimpleConditionCount);
            };
            let Json::Text(value) = value else {
                return Err(PolicyParseError::SimpleConditionValue);
            };
            Ok(Condition::Eq { field, value })
        }
        Json::List(elements) => parse_operation(&elements),
        _ => Err(PolicyParseError::ConditionShape),
    }
}

fn parse_operation(elements: &[Json]) -> Result<Condition, PolicyParseError> {
    let Some(Json::Text(operation)) = elements.first() else {
        return Err(PolicyParseError::MissingOperation);
    };
    let name = operation.to_ascii_lowercase();
    if !["eq", "starts-with", "content-length-range"].contains(&name.as_str()) {
        return Err(PolicyParseError::UnknownOperation {
            operation: operation.clone(),
        });
    }
    let [_, first, second] = elements else {
        return Err(PolicyParseError::WrongArguments { operation: name });
    };
    let never = || Condition::Never {
        rendered: format!("[\"{name}\", {first}, {second}]"),
    };
    if name == "content-length-range" {
        if first.is_negative() || second.is_negative() {
            return Err(PolicyParseError::NegativeSize);
        }
        return Ok(match (first.as_size(), second.as_size()) {
            (Some(min), Some(max)) => Condition::ContentLengthRange { min, max },
            _ => never(),
        });
    }
    let (Json::Text(field), Json::Text(value)) = (first, second) else {
        return Ok(never());
    };
    // AWS: a field named without `$` in list form never matches (aws-semantics 4.2).
    let Some(field) = field.strip_prefix('$') else {
        return Ok(never());
    };
    let (field, value) = (field.to_owned(), value.clone());
    Ok(if name == "eq" {
        Condition::Eq { field, value }
    } else {
        Condition::StartsWith {
            field,
            prefix: value,
        }
    })
}

/// `2026-01-15T13:00:00Z`, with or without a fraction of up to nine digits, in milliseconds.
fn parse_expiration(text: &str) -> Option<i64> {
    let instant = text.strip_suffix('Z')?;
    let (whole, fraction) = instant.split_once('.').unwrap_or((instant, "0"));
    let digits = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    let (day, time) = whole.split_once('T')?;
    let punctuated = day.len() == 10 && time.len() == 8;
    let day_marks = day.get(4..5)? == "-" && day.get(7..8)? == "-";
    let time_marks = time.get(2..3)? == ":" && time.get(5..6)? == ":";
    if !(punctuated && day_marks && time_marks) {
        return None;
    }
    let basic = format!("{}T{}Z", day.replace('-', ""), time.replace(':', ""));
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(AmzDate::parse(&basic)?.unix() * 1_000 + millis)
}

/// Rewrites the two escapes a policy may have and JSON has not: `\$` and `\v`.
fn with_json_escapes(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            json.push(c);
            continue;
        }
        match chars.next() {
            Some('$') => json.push('$'),
            Some('v') => json.push_str("\\u000b"),
            Some(other) => json.extend(['\\', other]),
            None => json.push('\\'),
        }
    }
    json
}

/// JSON whose objects keep order and duplicates.
#[derive(Clone, Debug)]
enum Json {
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    Other(String),
    Text(String),
}

impl Json {
    /// A size, quoted or not.
    fn as_size(&self) -> Option<u64> {
        match self {
            Self::Text(text) | Self::Other(text) => text.parse().ok(),
            Self::List(_) | Self::Object(_) => None,
        }
    }

    /// Whether this is a number below zero, quoted or not.
    fn is_negative(&self) -> bool {
        match self {
            Self::Text(text) | Self::Other(text) => text.parse().is_ok_and(|n: f64| n < 0.0),
            Self::List(_) | Self::Object(_) => false,
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(_) => f.write_str("[…]"),
            Self::Object(_) => f.write_str("{…}"),
            Self::Other(text) => f.write_str(text),
            Self::Text(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
        }
    }
}

mod reading {
    //! Reading [`Json`] with serde: nothing but the shape is decided here.

    use std::fmt;

    use serde_json::Value;

    use super::Json;

    impl<'de> serde::Deserialize<'de> for Json {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(JsonVisitor)
        }
    }

    struct JsonVisitor;

    impl<'de> serde::de::Visitor<'de> for JsonVisitor {
        type Value = Json;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }

        fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
            Ok(Json::Other(value.to_string()))
        }

        fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
            Ok(Json::Other(value.to_string()))
        }

        fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
            Ok(Json::Other(value.to_string()))
        }

        fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
            Ok(Json::Other(Value::from(value).to_string()))
        }

        fn visit_unit<E>(self) -> Result<Json, E> {
            Ok(Json::Other("null".to_owned()))
        }

        fn visit_str<E>(self, value: &str) -> Result<Json, E> {
            Ok(Json::Text(value.to_owned()))
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
            let mut list = Vec::new();
            while let Some(element) = seq.next_element()? {
                list.push(element);
            }
            Ok(Json::List(list))
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(Json::Object(members))
        }
    }
}
