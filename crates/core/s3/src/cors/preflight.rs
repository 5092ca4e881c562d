//! What the rules answer to a browser.

use countersign_request::RequestHead;
use thiserror::Error;

use super::{CorsConfiguration, CorsRule};
use crate::operation::{Level, ResourceType};
use crate::{ErrorCode, Fault};

const VARY: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/// What is known of the bucket that a preflight is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CorsBucket<'a> {
    /// There is no such bucket.
    Missing,
    /// The bucket has no rules.
    WithoutRules,
    /// The bucket has these.
    WithRules(&'a CorsConfiguration),
}

/// The headers of a granted request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CorsAnswer {
    /// Names and values, in AWS's order.
    pub headers: Vec<(&'static str, String)>,
}

/// Why a preflight is refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum PreflightError {
    /// There is no such bucket.
    #[error("there is no such bucket")]
    BucketMissing,
    /// No rule allows the request.
    #[error("no rule allows {method} on {resource}")]
    NoMatch {
        /// The method the browser wants to use.
        method: String,
        /// What on.
        resource: ResourceType,
    },
    /// The bucket has no rules.
    #[error("the bucket has no cross-origin rules")]
    NotEnabled {
        /// The method the browser wants to use.
        method: String,
    },
    /// The request names no origin.
    #[error("the request has no origin")]
    OriginMissing,
}

/// Answers a preflight (`OPTIONS`) for a bucket or, at [`Level::Object`], an object.
///
/// # Errors
/// [`PreflightError`] if the browser must not go on.
pub fn preflight(
    bucket: CorsBucket<'_>,
    level: Level,
    head: &RequestHead<'_>,
) -> Result<CorsAnswer, PreflightError> {
    let origin = head
        .header_text("origin")
        .ok_or(PreflightError::OriginMissing)?;
    let asked = head.header_text("access-control-request-method");
    let method = asked.unwrap_or(head.method);
    let configuration = match bucket {
        CorsBucket::Missing => return Err(PreflightError::BucketMissing),
        CorsBucket::WithoutRules => {
            return Err(PreflightError::NotEnabled {
                method: printable(method),
            });
        }
        CorsBucket::WithRules(configuration) => configuration,
    };
    let headers: Vec<&str> = head
        .values("access-control-request-headers")
        .filter_map(|value| std::str::from_utf8(value).ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let granted = configuration.rules().iter().find_map(|rule| {
        let pattern = rule.origin_for(origin, method)?;
        headers
            .iter()
            .all(|header| rule.allows_header(header))
            .then_some((rule, pattern))
    });
    match granted {
        Some((rule, pattern)) => Ok(answer(rule, pattern, origin, &headers)),
        None => Err(PreflightError::NoMatch {
            method: printable(method),
            resource: ResourceType(if level == Level::Object {
                level
            } else {
                Level::Bucket
            }),
        }),
    }
}

/// The headers to add to the answer of an actual request; none if no rule matches its origin.
#[must_use]
pub fn actual(configuration: &CorsConfiguration, head: &RequestHead<'_>) -> Option<CorsAnswer> {
    let origin = head.header_text("origin")?;
    let (rule, pattern) = configuration
        .rules()
        .iter()
        .find_map(|rule| Some((rule, rule.origin_for(origin, head.method)?)))?;
    Some(answer(rule, pattern, origin, &[]))
}

fn answer(rule: &CorsRule, pattern: &str, origin: &str, headers: &[&str]) -> CorsAnswer {
    let anyone = pattern == "*";
    let allow_origin = if anyone { "*" } else { origin };
    let mut answered = vec![
        ("access-control-allow-origin", allow_origin.to_owned()),
        (
            "access-control-allow-methods",
            rule.allowed_methods.join(", "),
        ),
    ];
    if !headers.is_empty() {
        answered.push(("access-control-allow-headers", headers.join(", ")));
    }
    if !rule.expose_headers.is_empty() {
        answered.push((
            "access-control-expose-headers",
            rule.expose_headers.join(", "),
        ));
    }
    if let Some(max_age_s) = rule.max_age_s {
        answered.push(("access-control-max-age", max_age_s.to_string()));
    }
    if !anyone {
        answered.push(("access-control-allow-credentials", "true".to_owned()));
    }
    answered.push(("vary", VARY.to_owned()));
    CorsAnswer { headers: answered }
}

/// A method is a short token; anything else is not repeated to the client.
fn printable(method: &str) -> String {
    let is_token = method.len() <= 16 && method.bytes().all(|b| b.is_ascii_alphabetic());
    if is_token {
        method.to_owned()
    } else {
        String::new()
    }
}

impl From<PreflightError> for Fault {
    fn from(error: PreflightError) -> Self {
        let forbidden = |sentence| Self::new(ErrorCode::AccessForbidden).saying(sentence);
        match error {
            PreflightError::BucketMissing => forbidden("CORSResponse: Bucket not found"),
            // AWS: the spelling is AWS's.
            PreflightError::NoMatch { method, resource } => forbidden(
                "CORSResponse: This CORS request is not allowed. This is usually because the \
                 evalution of Origin, request method / Access-Control-Request-Method or \
                 Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
            )
            .with("Method", method)
            .with("ResourceType", resource.to_string()),
            PreflightError::NotEnabled { method } => {
                forbidden("CORSResponse: CORS is not enabled for this bucket.")
                    .with("Method", method)
                    .with("ResourceType", ResourceType(Level::Bucket).to_string())
            }
            PreflightError::OriginMissing => Self::new(ErrorCode::BadRequest)
                .saying("Insufficient information. Origin request header needed."),
        }
    }
}
