//! What the rules answer to a browser.
//!
//! A preflight says in `Access-Control-Request-*` what the page wants to do. Only browsers may set these
//! headers and they set them on preflights alone; S3 judges any other request that carries them in the
//! same way.

use countersign_request::RequestHead;
use thiserror::Error;

use super::rule::METHODS;
use super::{CorsConfiguration, CorsRule};
use crate::operation::{Level, ResourceType};
use crate::{ErrorCode, Fault};

/// The header of the method that the page wants to use.
pub const REQUEST_METHOD: &str = "access-control-request-method";
/// The header of the headers that the page wants to send.
pub const REQUEST_HEADERS: &str = "access-control-request-headers";

/// The request headers that an answer depends on wherever there are rules.
pub const VARY: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/// The most headers that a page may want to send.
const MAX_REQUEST_HEADERS: usize = 128;

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
    BucketMissing {
        /// The method the browser wants to use.
        method: String,
    },
    /// The request names no method that a page may use.
    #[error("the request asks for no method that can be allowed")]
    MethodUnknown {
        /// The method, if there is one.
        method: Option<String>,
    },
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
    let asked = head.header_text(REQUEST_METHOD);
    let method = printable(asked.unwrap_or(head.method));
    let configuration = match bucket {
        CorsBucket::Missing => return Err(PreflightError::BucketMissing { method }),
        CorsBucket::WithoutRules => return Err(PreflightError::NotEnabled { method }),
        CorsBucket::WithRules(configuration) => configuration,
    };
    let Some(asked) = asked.filter(|asked| METHODS.contains(asked)) else {
        let method = asked.map(printable);
        return Err(PreflightError::MethodUnknown { method });
    };
    granted(configuration, origin, asked, head).ok_or(PreflightError::NoMatch {
        method,
        resource: ResourceType(if level == Level::Object {
            level
        } else {
            Level::Bucket
        }),
    })
}

/// The headers to add to the answer of an actual request; none if no rule matches its origin.
#[must_use]
pub fn actual(configuration: &CorsConfiguration, head: &RequestHead<'_>) -> Option<CorsAnswer> {
    let origin = head.header_text("origin")?;
    let method = head.header_text(REQUEST_METHOD).unwrap_or(head.method);
    granted(configuration, origin, method, head)
}

/// The answer of the first rule that allows everything that is asked for.
fn granted(
    configuration: &CorsConfiguration,
    origin: &str,
    method: &str,
    head: &RequestHead<'_>,
) -> Option<CorsAnswer> {
    let headers = requested_headers(head)?;
    configuration.rules().iter().find_map(|rule| {
        let pattern = rule.origin_for(origin, method)?;
        headers
            .iter()
            .all(|header| rule.allows_header(header))
            .then(|| answer(rule, pattern, origin, &headers))
    })
}

/// The headers that the page wants to send, in lower case; none if they are too many or no text.
fn requested_headers(head: &RequestHead<'_>) -> Option<Vec<String>> {
    let mut headers = Vec::new();
    for value in head.values(REQUEST_HEADERS) {
        let names = std::str::from_utf8(value).ok()?.split(',').map(str::trim);
        for name in names.filter(|name| !name.is_empty()) {
            if headers.len() == MAX_REQUEST_HEADERS {
                return None;
            }
            headers.push(name.to_ascii_lowercase());
        }
    }
    Some(headers)
}

fn answer(rule: &CorsRule, pattern: &str, origin: &str, headers: &[String]) -> CorsAnswer {
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
        let forbidden = |sentence, method: String, resource: ResourceType| {
            Self::new(ErrorCode::AccessForbidden)
                .saying(sentence)
                .with("Method", method)
                .with("ResourceType", resource.to_string())
        };
        let bucket = ResourceType(Level::Bucket);
        match error {
            PreflightError::BucketMissing { method } => {
                forbidden("CORSResponse: Bucket not found", method, bucket)
            }
            PreflightError::MethodUnknown { method } => {
                let method = method.as_deref().unwrap_or("null");
                Self::new(ErrorCode::BadRequest)
                    .saying(format!("Invalid Access-Control-Request-Method: {method}"))
            }
            // AWS: the spelling is AWS's.
            PreflightError::NoMatch { method, resource } => forbidden(
                "CORSResponse: This CORS request is not allowed. This is usually because the \
                 evalution of Origin, request method / Access-Control-Request-Method or \
                 Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
                method,
                resource,
            ),
            PreflightError::NotEnabled { method } => forbidden(
                "CORSResponse: CORS is not enabled for this bucket.",
                method,
                bucket,
            ),
            PreflightError::OriginMissing => Self::new(ErrorCode::BadRequest)
                .saying("Insufficient information. Origin request header needed."),
        }
    }
}
