//! The rules themselves.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ErrorCode, Fault};

const MAX_RULES: usize = 100;
/// The methods that can be cross-origin.
pub(super) const METHODS: [&str; 5] = ["DELETE", "GET", "HEAD", "POST", "PUT"];

/// One rule.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorsRule {
    /// Its name.
    pub id: Option<String>,
    /// Origins, each with at most one `*`.
    pub allowed_origins: Vec<String>,
    /// Methods, of `DELETE`, `GET`, `HEAD`, `POST` and `PUT`.
    pub allowed_methods: Vec<String>,
    /// Request headers, each with at most one `*`.
    pub allowed_headers: Vec<String>,
    /// Response headers that a script may read, none with a `*`.
    pub expose_headers: Vec<String>,
    /// How long a browser may remember the answer, in seconds.
    pub max_age_s: Option<u32>,
}

/// The checked rules of a bucket; the first that matches counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CorsConfiguration {
    rules: Vec<CorsRule>,
}

/// Why rules were refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CorsError {
    /// A `*` in a header to expose, where it would mean nothing to browsers that send credentials.
    #[error("`{pattern}` is exposed by a wildcard")]
    ExposedWildcard {
        /// The pattern.
        pattern: String,
    },
    /// A rule lacks origins or methods, or there is no rule.
    #[error("each rule needs an origin and a method")]
    Incomplete,
    /// A method that is never cross-origin.
    #[error("method `{method}` cannot be allowed")]
    Method {
        /// The method.
        method: String,
    },
    /// There are too many rules.
    #[error("{count} rules are more than 100")]
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// A control character in a text that is answered as a header.
    #[error("rule contains a control or non-ascii character")]
    Unprintable,
    /// More than one `*` in an origin or header.
    #[error("`{pattern}` has more than one wildcard")]
    Wildcards {
        /// The element it stands in.
        element: &'static str,
        /// The pattern.
        pattern: String,
    },
}

impl CorsConfiguration {
    /// Checks rules.
    ///
    /// # Errors
    /// [`CorsError`] with the first thing S3 would refuse.
    pub fn new(rules: Vec<CorsRule>) -> Result<Self, CorsError> {
        if rules.len() > MAX_RULES {
            return Err(CorsError::TooMany { count: rules.len() });
        }
        if rules.is_empty() {
            return Err(CorsError::Incomplete);
        }
        rules.iter().try_for_each(CorsRule::check)?;
        Ok(Self { rules })
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[CorsRule] {
        &self.rules
    }
}

impl CorsRule {
    fn check(&self) -> Result<(), CorsError> {
        if self.allowed_origins.is_empty() || self.allowed_methods.is_empty() {
            return Err(CorsError::Incomplete);
        }
        if let Some(method) = self
            .allowed_methods
            .iter()
            .find(|m| !METHODS.contains(&m.as_str()))
        {
            return Err(CorsError::Method {
                method: method.clone(),
            });
        }
        let patterns = [
            ("AllowedOrigin", &self.allowed_origins),
            ("AllowedHeader", &self.allowed_headers),
        ];
        for (element, patterns) in patterns {
            if let Some(pattern) = patterns.iter().find(|p| p.matches('*').count() > 1) {
                return Err(CorsError::Wildcards {
                    element,
                    pattern: pattern.clone(),
                });
            }
        }
        if let Some(pattern) = self.expose_headers.iter().find(|p| p.contains('*')) {
            return Err(CorsError::ExposedWildcard {
                pattern: pattern.clone(),
            });
        }
        let printable = |text: &String| text.bytes().all(|b| (0x20..0x7f).contains(&b));
        let texts = [
            &self.allowed_origins,
            &self.allowed_headers,
            &self.expose_headers,
        ];
        if texts.into_iter().flatten().all(printable) {
            Ok(())
        } else {
            Err(CorsError::Unprintable)
        }
    }

    /// The origin pattern that `origin` matches, if the method is allowed too.
    pub(super) fn origin_for(&self, origin: &str, method: &str) -> Option<&str> {
        if !self.allowed_methods.iter().any(|allowed| allowed == method) {
            return None;
        }
        self.allowed_origins
            .iter()
            .map(String::as_str)
            .find(|pattern| matches(pattern, origin))
    }

    /// Whether a request may carry this header; names have no case.
    pub(super) fn allows_header(&self, header: &str) -> bool {
        self.allowed_headers
            .iter()
            .any(|pattern| matches_in_any_case(pattern, header))
    }
}

/// Whether `text` is `pattern`, in which one `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text
            .strip_prefix(start)
            .is_some_and(|rest| rest.ends_with(end)),
    }
}

/// As [`matches()`], without regard to case. Strangers choose how often it runs, so it allocates nothing.
fn matches_in_any_case(pattern: &str, text: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else {
        return pattern.eq_ignore_ascii_case(text);
    };
    let text = text.as_bytes();
    let Some((front, rest)) = text.split_at_checked(start.len()) else {
        return false;
    };
    let tail = rest
        .len()
        .checked_sub(end.len())
        .and_then(|at| rest.get(at..));
    front.eq_ignore_ascii_case(start.as_bytes())
        && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

impl From<CorsError> for Fault {
    fn from(error: CorsError) -> Self {
        match error {
            CorsError::ExposedWildcard { pattern } => {
                Self::new(ErrorCode::InvalidRequest).saying(format!(
                    "ExposeHeader \"{pattern}\" contains wildcard. We currently do not support \
                     wildcard for ExposeHeader."
                ))
            }
            CorsError::Incomplete => Self::new(ErrorCode::MalformedXML),
            CorsError::Method { method } => Self::new(ErrorCode::InvalidRequest).saying(format!(
                "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
            )),
            CorsError::TooMany { .. } => Self::new(ErrorCode::InvalidRequest)
                .saying("The number of CORS rules should not exceed allowed limit of 100 rules."),
            CorsError::Unprintable => {
                Self::new(ErrorCode::InvalidRequest).saying(error.to_string())
            }
            CorsError::Wildcards { element, pattern } => Self::new(ErrorCode::InvalidRequest)
                .saying(format!(
                    "{element} \"{pattern}\" can not have more than one wildcard."
                )),
        }
    }
}
