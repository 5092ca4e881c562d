//! The POST policy: what a browser's form upload may be.
//!
//! AWS, "POST policy". A base64 JSON document with an expiration and a list of conditions; every
//! form field but a few must be named by one. The document is signed, but its *conditions* are what
//! protects: a server that checks the signature alone accepts anything (threat E8).
//!
//! Errors carry S3's own wording where it was recorded (aws-semantics 4.4).

mod parse;

use thiserror::Error;

pub use parse::PolicyParseError;

/// A parsed POST policy document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PostPolicy {
    expiration_ms: i64,
    conditions: Vec<Condition>,
}

/// One condition of a policy. Field names are lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Condition {
    /// The file's size lies within both ends, inclusive.
    ContentLengthRange {
        /// Fewest bytes.
        min: u64,
        /// Most bytes.
        max: u64,
    },
    /// The field has exactly this value.
    Eq {
        /// The field as written in the policy, without `$`.
        field: String,
        /// The value.
        value: String,
    },
    /// A condition that can never hold, rendered as S3 shows it.
    Never {
        /// The condition, for the refusal.
        rendered: String,
    },
    /// The field begins with this text; for `Content-Type`, every element of a comma list does.
    StartsWith {
        /// The field as written in the policy, without `$`.
        field: String,
        /// The prefix; empty allows any value.
        prefix: String,
    },
}

/// The sizes a policy allows for the file itself, in bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SizeRange {
    /// Fewest bytes.
    pub min: u64,
    /// Most bytes.
    pub max: u64,
}

/// Why a form does not satisfy its policy.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum PolicyViolation {
    /// A condition does not hold.
    #[error("policy condition failed: {condition}")]
    ConditionFailed {
        /// The condition as S3 renders it, `["eq", "$key", "x"]`.
        condition: String,
    },
    /// The policy has expired.
    #[error("policy expired")]
    Expired,
    /// A field is not covered by any condition.
    #[error("extra input field `{name}`")]
    ExtraField {
        /// The field's name, lower case.
        name: String,
    },
}

/// Fields that need no condition.
const EXEMPT: [&str; 6] = [
    "awsaccesskeyid",
    "file",
    "policy",
    "signature",
    "x-amz-signature",
    "bucket",
];

impl PostPolicy {
    /// Parses the base64 text of a form's `policy` field.
    ///
    /// # Errors
    /// [`PolicyParseError`], worded as S3 words it.
    pub fn parse_base64(text: &str) -> Result<Self, PolicyParseError> {
        parse::parse_base64(text)
    }

    /// Parses the JSON text of a policy.
    ///
    /// # Errors
    /// [`PolicyParseError`], worded as S3 words it.
    pub fn parse_json(text: &str) -> Result<Self, PolicyParseError> {
        parse::parse_json(text)
    }

    /// When the policy ends, in milliseconds since 1970.
    #[must_use]
    pub fn expiration_ms(&self) -> i64 {
        self.expiration_ms
    }

    /// The conditions, in the order written.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Holds a form against the policy: expiry, every condition, and that every field is covered.
    ///
    /// `fields` are the form's, with `${filename}` already replaced; names in any case. `bucket` is
    /// the bucket the form was sent to, whether or not the form names it. Gives the sizes allowed
    /// for the file, to be held while it streams.
    ///
    /// # Errors
    /// The first [`PolicyViolation`] found.
    pub fn check(
        &self,
        fields: &[(&str, &str)],
        bucket: &str,
        now_ms: i64,
    ) -> Result<Option<SizeRange>, PolicyViolation> {
        if now_ms > self.expiration_ms {
            return Err(PolicyViolation::Expired);
        }
        let mut sizes: Option<SizeRange> = None;
        for condition in &self.conditions {
            if let Condition::ContentLengthRange { min, max } = *condition {
                let narrowed = sizes.map_or(SizeRange { min, max }, |old| SizeRange {
                    min: old.min.max(min),
                    max: old.max.min(max),
                });
                sizes = Some(narrowed);
            } else if !condition.holds(fields, bucket) {
                return Err(PolicyViolation::ConditionFailed {
                    condition: condition.render(),
                });
            }
        }
        let uncovered = |name: &str| {
            let exempt = EXEMPT.iter().any(|e| e.eq_ignore_ascii_case(name));
            let ignored = name
                .get(..9)
                .is_some_and(|p| p.eq_ignore_ascii_case("x-ignore-"));
            !exempt && !ignored && !self.covers(name)
        };
        if let Some((name, _)) = fields.iter().find(|(name, _)| uncovered(name)) {
            return Err(PolicyViolation::ExtraField {
                name: name.to_ascii_lowercase(),
            });
        }
        if !self.covers("bucket") {
            return Err(PolicyViolation::ExtraField {
                name: "bucket".to_owned(),
            });
        }
        Ok(sizes)
    }

    fn covers(&self, name: &str) -> bool {
        self.conditions
            .iter()
            .any(|c| c.field().is_some_and(|f| f.eq_ignore_ascii_case(name)))
    }
}

impl Condition {
    fn field(&self) -> Option<&str> {
        match self {
            Self::Eq { field, .. } | Self::StartsWith { field, .. } => Some(field),
            Self::ContentLengthRange { .. } | Self::Never { .. } => None,
        }
    }

    /// Every value sent under the name must satisfy the condition; none at all does not.
    fn holds(&self, fields: &[(&str, &str)], bucket: &str) -> bool {
        let field = match self {
            Self::ContentLengthRange { .. } => return true,
            Self::Never { .. } => return false,
            Self::Eq { field, .. } | Self::StartsWith { field, .. } => field,
        };
        let test = |sent: &str| match self {
            Self::Eq { value, .. } => sent == value,
            Self::StartsWith { prefix, .. } if field.eq_ignore_ascii_case("content-type") => sent
                .split(',')
                .all(|element| element.trim_start().starts_with(prefix.as_str())),
            Self::StartsWith { prefix, .. } => sent.starts_with(prefix.as_str()),
            Self::ContentLengthRange { .. } | Self::Never { .. } => false,
        };
        let mut sent = fields
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(field))
            .peekable();
        if field.eq_ignore_ascii_case("bucket") {
            return test(bucket) && sent.all(|(_, value)| *value == bucket);
        }
        sent.peek().is_some() && sent.all(|(_, value)| test(value))
    }

    fn render(&self) -> String {
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::ContentLengthRange { min, max } => {
                format!("[\"content-length-range\", {min}, {max}]")
            }
            Self::Eq { field, value } => format!("[\"eq\", \"${field}\", {}]", quote(value)),
            Self::Never { rendered } => rendered.clone(),
            Self::StartsWith { field, prefix } => {
                format!("[\"starts-with\", \"${field}\", {}]", quote(prefix))
            }
        }
    }
}

#[cfg(test)]
mod tests;
